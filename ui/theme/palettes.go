package theme

// neutral is the theme of a terminal whose ground nothing told. It has no name for the config.
const neutral = "neutral"

// grounded is a theme with a ground of its own, on which its colours can be read, and text that
// goes with it.
func grounded(t Theme, dark bool) Theme {
	t.Background, t.Text = "#FCFCFA", "#24272E"
	if dark {
		t.Background, t.Text = "#16181D", "#D9DCE3"
	}
	return t
}

// darkTheme and lightTheme have greys that a palette of 256 colours has too; others turn purple
// there. No accent is a colour that means something.
func darkTheme() Theme {
	return Theme{Muted: "#949494", Border: "#626262", Good: "#9ECE6A", Warn: "#E0AF68",
		Bad:    "#F7768E",
		Select: "#3B4A6B", Match: "#E0AF68", OnMark: "#15171C", Code: "#E0AF68",
		Syntax: "github-dark",
		Accents: []string{"#7AA2F7", "#EBA0DC", "#4FD6BE", "#FF9E64", "#BB9AF7", "#7DCFFF",
			"#D3BFA6", "#A9B8E8"}}
}

func lightTheme() Theme {
	return Theme{Muted: "#6C6C6C", Border: "#A8A8A8", Good: "#2F7A2F", Warn: "#8F5300",
		Bad:    "#C0213F",
		Select: "#C9D8F5", Match: "#FFD77A", OnMark: "#15171C", Code: "#9A4D00", Syntax: "xcode",
		Accents: []string{"#2558C4", "#9C2F93", "#006F78", "#B54708", "#6B3FC0", "#00699E",
			"#75593A", "#4A5A86"}}
}

// midnight is the dark theme on a deep blue ground of its own.
func midnight() Theme {
	return Theme{Background: "#10141F", Text: "#D6DDEC", Muted: "#949AA5", Border: "#4A556E",
		Good: "#8FD19E", Warn: "#E8BC6E", Bad: "#F2879D",
		Select: "#2A3F7A", Match: "#E8BC6E", OnMark: "#10141F", Code: "#A5CDEB",
		Syntax: "github-dark",
		Accents: []string{"#82B1FF", "#F0A6D6", "#6FD6CB", "#F5AE82", "#B8A6F7", "#8FD3F4",
			"#D8C7A3", "#A7B7DD"}}
}

// paper is the light theme in ink on a warm ground of its own.
func paper() Theme {
	return Theme{Background: "#FCFAF3", Text: "#322E27", Muted: "#6E6557", Border: "#B4AEA4",
		Good: "#356B38", Warn: "#875000", Bad: "#A8283D",
		Select: "#EBD6B0", Match: "#F0CC74", OnMark: "#322E27", Code: "#84471C", Syntax: "xcode",
		Accents: []string{"#2C57A6", "#8A3A85", "#006A66", "#98400F", "#5B47AE", "#1F6487",
			"#6B5638", "#505B74"}}
}

// neutralTheme can be read on black and on white: the luminance of its colours lies where both
// contrasts are at least 4:1, and all are in the palette of 256 colours too.
func neutralTheme() Theme {
	return Theme{Muted: "#767676", Border: "#767676", Good: "#008700", Warn: "#AF5F00",
		Bad:    "#D7005F",
		Select: "#5F5FFF", Match: "#AF5F00", OnMark: "#FFFFFF", Code: "#AF5F5F", Syntax: "none",
		Accents: []string{"#5F5FFF", "#D700AF", "#008787", "#875FD7", "#AF5F87", "#5F875F"}}
}

// contrastDark and contrastLight keep every colour at 7:1 or more against its ground. They mute
// nothing but what lies under an overlay.
func contrastDark() Theme {
	return Theme{Text: "#FFFFFF", Background: "#000000", Muted: "#FFFFFF", Border: "#FFFFFF",
		Good: "#5FFF5F", Warn: "#FFD700", Bad: "#FF9A9A",
		Select: "#FFFFFF", Match: "#FFD700", OnMark: "#000000", Code: "#FFD700", Syntax: "none",
		Accents: []string{"#8AB4FF", "#FFA6FF", "#5FFFFF", "#FFB07A", "#C8B6FF", "#D7FF87",
			"#FFE0B0", "#B8D8FF"}, under: "#9E9E9E"}
}

func contrastLight() Theme {
	return Theme{Text: "#000000", Background: "#FFFFFF", Muted: "#000000", Border: "#000000",
		Good: "#005000", Warn: "#5A2F00", Bad: "#8F0016",
		Select: "#000000", Match: "#FFD700", OnMark: "#000000", Code: "#5A2F00", Syntax: "none",
		Accents: []string{"#0000AF", "#870087", "#005F5F", "#5F00AF", "#4E4E4E", "#5F0000",
			"#8F0050", "#00474F"}, under: "#4E4E4E"}
}

// terminalTheme takes the terminal's own sixteen colours, as its user chose them. What is muted is
// faint: the colour made for that, 8, is the ground itself in Solarized, and close to it in others.
func terminalTheme(dark bool) Theme {
	t := Theme{Good: "2", Warn: "3", Bad: "1", Select: "4", Match: "3", OnMark: "0", Code: "3",
		Syntax:  "none",
		Accents: []string{"12", "13", "14", "10", "11", "9"}}
	if !dark { // no yellow, which is as light as paper in some palettes
		t.Accents, t.Code = []string{"4", "5", "6", "2", "1"}, "5"
	}
	return t
}
