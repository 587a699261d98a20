package ui

import (
	"slices"
	"testing"

	"lineup/ui/keys"
)

// The palette finds each command by the words that other programs and people use for it, among its first three.
func TestPaletteFindsSynonyms(t *testing.T) {
	a := newApp(t.Context(), Config{Panes: specs(threeModels()...)})
	commands := a.keys.actions.commands(a)
	for typed, want := range map[string]keys.Action{
		"regenerate": keys.Again, "retry": keys.Again, "redo": keys.Again, "exit": keys.Quit, "leave": keys.Quit, "system prompt": keys.Contender,
		"temperature": keys.Contender, "parameters": keys.Contender, "top p": keys.Contender, "new chat": keys.New, "new conversation": keys.New, "clear": keys.New,
		"history": keys.Sessions, "load": keys.Sessions, "resume": keys.Sessions, "delete session": keys.Sessions, "add model": keys.Models, "change model": keys.Models,
		"remove model": keys.Models, "theme": keys.Settings, "dark mode": keys.Settings, "light": keys.Settings, "colors": keys.Settings, "preferences": keys.Settings,
		"export": keys.Export, "share": keys.Export, "markdown": keys.Raw, "shortcuts": keys.Help, "hotkeys": keys.Help, "cancel": keys.Stop, "abort": keys.Stop,
		"diff": keys.Compare, "versus": keys.Compare, "price": keys.Stats, "cost": keys.Stats, "spending": keys.Stats, "leaderboard": keys.Ratings, "elo": keys.Ratings,
		"anonymous": keys.Blind, "arena": keys.Blind, "fullscreen": keys.Zoom, "maximize": keys.Zoom, "thinking": keys.Reasoning, "thoughts": keys.Reasoning,
		"clipboard": keys.Copy, "yank": keys.Copy, "search answer": keys.Find, "timeline": keys.Waterfall, "latency": keys.Waterfall, "branch": keys.Fork,
		"duplicate pane": keys.Double, "undo close": keys.Reopen, "batch": keys.Run, "eval": keys.Run, "grade": keys.Judge, "combine": keys.Merge, "summarize": keys.Merge,
		"image": keys.Gallery, "preset": keys.Lineup, "title": keys.Rename, "snippets": keys.Template, "vim": keys.Editor, "refresh": keys.Redraw, "background": keys.Suspend,
		"download": keys.Save, "winner": keys.VoteBest, "rank": keys.Ballot, "multiline": keys.Newline, "submit": keys.Send, "facts": keys.Agreement, "json": keys.Fields,
		"tokens": keys.Stats, "speed": keys.Stats, "settings": keys.Settings, "pull": keys.Models, "ollama": keys.Models, "compare models": keys.Compare,
		"api key": keys.Models, "claude": keys.Models, "max tokens": keys.Contender, "budget": keys.Stats, "graph": keys.BreakEven, "window": keys.GoTo,
		"why": keys.Detail, "tools": keys.Fields, "print": keys.Export, "tests": keys.Run,
		"모델 바꾸기": keys.Models, "새로운 대화": keys.New, "이전 대화": keys.Sessions, "중단": keys.Stop, "다시 생성": keys.Again, "이어서": keys.Continue,
		"다크 모드": keys.Settings, "옵션": keys.Settings, "역할": keys.Contender, "파라미터": keys.Contender, "줄바꿈": keys.Newline, "되돌리기": keys.Reopen,
		"요약": keys.Merge, "채점": keys.Judge, "가리기": keys.Blind, "손익분기": keys.BreakEven, "코드": keys.PickCode, "자세히": keys.Detail, "끄기": keys.Quit,
		"복사하기": keys.Copy, "저장하기": keys.Save, "차이점": keys.Compare, "비교해줘": keys.Compare, "투표하기": keys.VoteBest, // words with endings
	} {
		var found []keys.Action
		for _, score := range ranked(commands, typed) {
			row := a.keys.actions[slices.IndexFunc(a.keys.actions, func(r action) bool { return r.slashName() == commands[score].name })]
			found = append(found, row.Action)
		}
		if want != "" && !slices.Contains(found[:min(3, len(found))], want) {
			t.Errorf("%q finds %v, not %s first", typed, found[:min(5, len(found))], want)
		}
	}
}

// ranked are the places of the commands that a search leaves, the best first.
func ranked(commands []command, typed string) []int {
	var out []int
	score := map[int]int{}
	for i, c := range commands {
		if s, _ := c.words.match(wordsOf(typed)); s > 0 {
			score[i] = s
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(x, y int) int { return score[y] - score[x] })
	return out
}
