package ui

// releaseMouse hands the mouse to the terminal, which then selects text as it always does, or takes it back.
func (a *app) releaseMouse() {
	if a.noMouse = !a.noMouse; a.noMouse {
		a.flash = "the terminal has the mouse; " + a.keys.label(actMouse) + " takes it back"
		return
	}
	a.flash = "the mouse is lineup's again: click, wheel, drag to copy"
}
