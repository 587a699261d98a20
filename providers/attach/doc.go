// Package attach makes attachments of files. What a file is goes by its content, never by its name.
//
// Text, PNG, JPEG, GIF, WebP and PDF can be attached. Text is UTF-8, or UTF-16 with its mark; SVG
// is text. Anything else is an error that says what the file is and what to do, in words that fit
// after the file's name.
package attach
