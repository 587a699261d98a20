package ui

// Groups of actions, as help and the command palette show them.
const (
	groupPrompt  = "Prompt"
	groupPanes   = "Panes"
	groupReply   = "Answer"
	groupSession = "Session"
	groupScreen  = "Screen"
)

// The groups in the order of the help, which begins with what a beginner needs, and in that of the palette, which
// begins with what has no key at hand.
var (
	actionGroups  = [...]string{groupPrompt, groupPanes, groupReply, groupSession, groupScreen}
	commandGroups = [...]string{groupSession, groupReply, groupPanes, groupScreen, groupPrompt}
)

// group says what a binding is about. An action that is not named here is about the screen or, where it holds in a
// pane alone, about panes.
func (b binding) group() string {
	switch b.action {
	case actWaterfall:
		return groupReply
	case actSend, actNewline, actRecall, actForward, actEditor, actTemplate:
		return groupPrompt
	case actStop, actAgain, actNextTake, actPrevTake, actPromote, actContinue, actOther, actCopy, actCopyTurn, actDetail, actReasoning, actPickCode, actSave:
		return groupReply
	case actNextPane, actPrevPane, actPageUp, actPageDown:
		return groupPanes
	case actNew, actFork, actEdit, actModels, actStats, actSessions, actRename, actExport:
		return groupSession
	}
	switch b.scope {
	case inPane:
		return groupPanes
	case inPrompt:
		return groupPrompt
	}
	return groupScreen
}
