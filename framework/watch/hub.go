package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	// lookEvery is how often the source is asked: a run writes a line of progress once a second.
	lookEvery = time.Second
	// beatEvery keeps tunnels and proxies from taking a quiet stream for a dead one.
	beatEvery = 15 * time.Second
	// behind is how many events a browser may lag; then its stream ends, and it begins anew.
	behind = 32
)

// hub asks the source and tells all browsers.
type hub struct {
	mu     sync.Mutex // for all below, and for calls of the source
	source Source
	those  map[chan event]bool
}

type event struct {
	name string
	data []byte // JSON, which has no line breaks
}

// news is what a browser is told: the note of the page is what it is now.
type news struct {
	Changes []Change `json:"changes"`
	Note    string   `json:"note"`
}

func newHub(source Source) *hub { return &hub{source: source, those: map[chan event]bool{}} }

func (h *hub) title() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.source.Page().Title
}

// page is what is to be seen now.
func (h *hub) page() Page {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look()
	return h.source.Page()
}

func (h *hub) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		if len(h.those) > 0 {
			h.look()
		}
		h.mu.Unlock()
	}
}

// look asks what has changed and tells it. h.mu is held.
func (h *hub) look() {
	changes := h.source.Look()
	if len(changes) == 0 || len(h.those) == 0 {
		return
	}
	e, err := encoded("changes", news{changes, h.source.Page().Note})
	if err != nil {
		return // such a value was not in the page either
	}
	for one := range h.those {
		select {
		case one <- e:
		default:
			delete(h.those, one)
			close(one)
		}
	}
}

// join is a stream that begins with all there is.
func (h *hub) join() (chan event, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.look()
	e, err := encoded("page", h.source.Page())
	if err != nil {
		return nil, err
	}
	one := make(chan event, behind)
	one <- e
	h.those[one] = true
	return one, nil
}

func (h *hub) leave(one chan event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.those, one)
}

func encoded(name string, value any) (event, error) {
	data, err := json.Marshal(value)
	return event{name, data}, err
}

// events is the stream of one browser (server-sent events, HTML standard, section 9.2).
func (h *hub) events(w http.ResponseWriter, r *http.Request) {
	one, err := h.join()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer h.leave(one)
	w.Header().Set("Content-Type", "text/event-stream")
	flow := http.NewResponseController(w)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case e, open := <-one:
			if !open {
				return
			}
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, e.data)
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		}
		if flow.Flush() != nil {
			return
		}
	}
}
