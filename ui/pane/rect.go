package pane

// Rect is a place on the screen; x and y count from the top left corner of the panes' area.
type Rect struct{ X, Y, W, H int }
