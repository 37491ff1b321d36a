// Package folders finds run folders, and tells how the runs in them are going from what is written there. Nothing is
// written and no lock taken, so it may be asked at any time, from any machine that sees the files.
package folders
