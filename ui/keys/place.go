package keys

import (
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// layouts lists keyboards without Latin letters. In each string a letter stands before the one
// that a US keyboard has in the same place. Letters of scripts that are written from right to left
// or that combine are escaped, so that the pairs can be read.
func layouts() []string {
	return []string{
		// Korean, 2-set
		"ㅂqㅈwㄷeㄱrㅅtㅛyㅕuㅑiㅐoㅔpㅁaㄴsㅇdㄹfㅎgㅗhㅓjㅏkㅣlㅋzㅌxㅊc" +
			"ㅍvㅠbㅜnㅡmㅃQㅉWㄸEㄲRㅆTㅒOㅖP",
		// Russian, Ukrainian, Belarusian
		"йqцwуeкrеtнyгuшiщoзpх[ъ]фaыsвdаfпgрhоjлkдlж;" +
			"э'яzчxсcмvиbтnьmб,ю.іsї]є'ўoЙQЦWУEКRЕTНYГUШI" +
			"ЩOЗPХ{Ъ}ФAЫSВDАFПGРHОJЛKДLЖ:Э\"ЯZЧXСCМVИBТNЬM" +
			"Б<Ю>ІSЇ}Є\"ЎO",
		// Greek
		"ςwεeρrτtυyθuιiοoπpαaσsδdφfγgηhξjκkλlζzχxψcωv" +
			"βbνnμmΕEΡRΤTΥYΘUΙIΟOΠPΑAΣSΔDΦFΓGΗHΞJΚKΛLΖZΧX" +
			"ΨCΩVΒBΝNΜM",
		// Hebrew
		"\u05e7e\u05e8r\u05d0t\u05d8y\u05d5u\u05dfi\u05ddo\u05e4p\u05e9a\u05d3s" +
			"\u05d2d\u05dbf\u05e2g\u05d9h\u05d7j\u05dck\u05dal\u05e3;\u05d6z\u05e1x" +
			"\u05d1c\u05d4v\u05e0b\u05den\u05e6m\u05ea,\u05e5.",
		// Arabic and Persian
		"\u0636q\u0635w\u062be\u0642r\u0641t\u063ay\u0639u\u0647i\u062eo\u062dp" +
			"\u062c[\u062f]\u0634a\u0633s\u064ad\u0628f\u0644g\u0627h\u062aj\u0646k" +
			"\u0645l\u0643;\u0637'\u0626z\u0621x\u0624c\u0631v\u0649n\u0629m\u0648," +
			"\u0632.\u0638/\u0686]\u06ccd\u06a9;\u067em\u0625Y\u0623H\u0622N\u00f7I" +
			"\u00d7O\u061bP\u0640J\u060cK\u061f?",
		// Thai, Kedmanee
		"\u0e46q\u0e44w\u0e33e\u0e1er\u0e30t\u0e31y\u0e35u\u0e23i\u0e19o\u0e22p" +
			"\u0e1a[\u0e25]\u0e1fa\u0e2bs\u0e01d\u0e14f\u0e40g\u0e49h\u0e48j\u0e32k" +
			"\u0e2al\u0e27;\u0e07'\u0e1cz\u0e1bx\u0e41c\u0e2dv\u0e34b\u0e37n\u0e17m" +
			"\u0e21,\u0e43.\u0e1d/\u0e50Q\u0e0eE\u0e11R\u0e18T\u0e4dY\u0e4aU\u0e13I" +
			"\u0e2fO\u0e0dP\u0e10{\u0e24A\u0e06S\u0e0fD\u0e42F\u0e0cG\u0e47H\u0e4bJ" +
			"\u0e29K\u0e28L\u0e0b:\u0e09C\u0e2eV\u0e3aB\u0e4cN\u0e12<\u0e2c>\u0e26?",
		// Kana, JIS
		"たqてwいeすrかtんyなuにiらoせpちaとsしdはfきgくhまjのkりlれ;け:む]" +
			"つzさxそcひvこbみnもmね,る.め/ぃEっZ、<。>・?",
	}
}

// SamePlace gives the key of a US keyboard in the place of a key that types no Latin letter. ok is
// false for a Latin letter, and for one that no layout here has, such as a whole Korean syllable.
func SamePlace(k tea.KeyPressMsg) (_ tea.KeyPressMsg, ok bool) {
	if !Foreign(k) {
		return k, false
	}
	r := []rune(k.String())[0]
	to := fullWidth(r)
	if base := k.BaseCode; to == 0 && base > ' ' && base < unicode.MaxASCII {
		to = base
		if k.Mod.Contains(tea.ModShift) {
			to = unicode.ToUpper(base)
		}
	}
	if to == 0 {
		to = placeOf(hiragana(r))
	}
	if to == 0 {
		return k, false
	}
	return tea.KeyPressMsg{Code: to, Text: string(to)}, true
}

// Foreign reports whether a key types a text that begins with no ASCII character.
func Foreign(k tea.KeyPressMsg) bool {
	typed := []rune(k.Text)
	return len(typed) > 0 && typed[0] > unicode.MaxASCII
}

// placeOf looks a letter up in the layouts, 0 for none.
func placeOf(r rune) rune {
	for _, l := range layouts() {
		pairs := []rune(l)
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == r {
				return pairs[i+1]
			}
		}
	}
	return 0
}

// fullWidth gives the ASCII character of a full-width one, else 0.
func fullWidth(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return 0
}

// hiragana gives the hiragana letter of a katakana one.
func hiragana(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' {
		return r - 'ァ' + 'ぁ'
	}
	return r
}
