// Package follow reads runs from their folders as they go on, for the page of package watch: each look reads what has changed
// since the one before. Nothing is written, and no lock taken.
package follow
