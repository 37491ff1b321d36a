// Package watch is the page on which people watch runs: what it shows, as data; the page that
// shows it; a server of the live page; and the same page as one file, a report.
//
//	Source ---> Page --- Report ---> one HTML file
//	   |                               (page, style, script and data in it)
//	   +--> Change --- Serve ---> browsers, by server-sent events
//
// The room knows neither run folders nor models. A [Source] says what runs there are and what
// has changed since it was asked last; all numbers arrive as people read them, in the units that
// their labels name. The browser computes no physics: it draws curves, pictures and tables.
//
// What is shown was written by somebody else, and none of it is trusted: the page takes texts as
// texts alone, its policy (CSP) forbids all scripts but its own and any request to elsewhere, and
// the server answers nobody who lacks the token of the address or comes by another host's name.
package watch
