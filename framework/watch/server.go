package watch

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// policy of the live page: its own script, style and events, and nothing of another origin.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// NewToken is a secret of 128 bits that can stand in an address.
func NewToken() string {
	var bits [16]byte
	rand.Read(bits[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// Address is where the page of a listener is found.
func Address(l net.Listener, token string) string {
	return "http://" + l.Addr().String() + "/" + token + "/"
}

// Serve serves the page of a source to those who know the token, until ctx ends. The source is
// asked once a second while somebody looks, and not at all else.
func Serve(ctx context.Context, l net.Listener, source Source, token string) error {
	hub := newHub(source)
	go hub.run(ctx)
	server := &http.Server{
		Handler:           guard(token, hub.pages()),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// guard answers those alone who have the token, and who asked for this machine: a page of another
// site whose name was made to point here (DNS rebinding) comes with that name. Any port is
// right, as that of a tunnel may be another.
func guard(token string, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Referrer-Policy", "no-referrer") // the address has the token
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		given, rest, slash := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case !local(r.Host):
			http.Error(w, "this page is for 127.0.0.1 and localhost; open the address that helmholtz watch printed", http.StatusForbidden)
		case subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1:
			http.Error(w, "the address lacks its token; open the whole address that helmholtz watch printed", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "there is nothing to change here", http.StatusMethodNotAllowed)
		case !slash:
			http.Redirect(w, r, "/"+token+"/", http.StatusMovedPermanently)
		default:
			r.URL.Path = "/" + rest
			pages.ServeHTTP(w, r)
		}
	})
}

// local tells whether a Host header names this machine.
func local(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// pages are those behind the token; of any other path there is nothing.
func (h *hub) pages() http.Handler {
	pages := map[string]http.HandlerFunc{
		"/": func(w http.ResponseWriter, r *http.Request) {
			var page bytes.Buffer
			if err := skeleton.Execute(&page, skeletonOf{Title: h.title()}); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			give(w, "text/html; charset=utf-8", page.Bytes())
		},
		"/page.js": func(w http.ResponseWriter, r *http.Request) {
			give(w, "text/javascript; charset=utf-8", []byte(script))
		},
		"/page.css":    func(w http.ResponseWriter, r *http.Request) { give(w, "text/css; charset=utf-8", []byte(style)) },
		"/events":      h.events,
		"/report.html": h.report,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := pages[r.URL.Path]
		if page == nil {
			page = http.NotFound
		}
		page(w, r)
	})
}

func give(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Write(body) // who has gone does not miss it
}

// report is what is seen now as a file to keep.
func (h *hub) report(w http.ResponseWriter, r *http.Request) {
	var page bytes.Buffer
	if err := Report(&page, h.page()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="report.html"`)
	give(w, "text/html; charset=utf-8", page.Bytes())
}
