package watch_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

// source has one run, and a change of it for each time that it is asked but the first.
type source struct {
	mu    sync.Mutex
	asked int
}

const evil = `</script><script>alert(1)</script><!--`

func (s *source) Page() watch.Page {
	return watch.Page{Title: evil, Runs: []watch.Run{{ID: evil, Name: evil, Summary: watch.Summary{State: "running", ETA: watch.Number(math.NaN())},
		Curves: []watch.Curve{{Name: "free_energy", X: watch.Numbers{1, 2}, Y: watch.Numbers{-541.52350123, math.Inf(-1)}, Exact: watch.Number(math.NaN())}}}}}
}

func (s *source) Look() []watch.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked++; s.asked == 1 {
		return nil
	}
	return []watch.Change{{ID: evil, Points: map[string][]watch.Point{"free_energy": {{3, -1.5, watch.Number(math.NaN())}}}}}
}

// serve gives the address of the page of a source.
func serve(t *testing.T, s watch.Source) (address, token string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	token = watch.NewToken()
	go func() { done <- watch.Serve(ctx, l, s, token) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return watch.Address(l, token), token
}

func ask(t *testing.T, method, address, host string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reply.Body.Close() })
	return reply
}

func TestWhoIsAnswered(t *testing.T) {
	address, token := serve(t, &source{})
	root := strings.TrimSuffix(address, token+"/")
	if other := watch.NewToken(); other == token || len(token) < 22 { // 128 bits in letters of 6
		t.Errorf("tokens are %q and %q", token, other)
	}
	for _, c := range []struct {
		name, method, address, host string
		want                        int
	}{
		{"the page", "GET", address, "", 200},
		{"by the name localhost, through a tunnel", "GET", address, "localhost:9000", 200},
		{"by IPv6", "GET", address, "[::1]:9000", 200},
		{"without the token", "GET", root, "", 403},
		{"with another token", "GET", root + watch.NewToken() + "/", "", 403},
		{"with a piece of the token", "GET", root + token[:10] + "/", "", 403},
		{"events without the token", "GET", root + "events", "", 403},
		{"by the name of another host", "GET", address, "evil.example", 403},
		{"by a name that begins like this one", "GET", address, "127.0.0.1.evil.example:80", 403},
		{"a change", "POST", address, "", 405},
		{"what is not there", "GET", address + "../../etc/passwd", "", 404},
		{"another file", "GET", address + "run.toml", "", 404},
		{"without the last slash", "GET", strings.TrimSuffix(address, "/"), "", 301},
	} {
		reply := ask(t, c.method, c.address, c.host)
		if reply.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", c.name, reply.Status, c.want)
		}
		policy := reply.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || reply.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: the policy is %q, referrer %q", c.name, policy, reply.Header.Get("Referrer-Policy"))
		}
	}
}

// A browser gets the whole page first, and then what changes.
func TestEvents(t *testing.T) {
	address, _ := serve(t, &source{})
	in := bufio.NewReader(ask(t, "GET", address+"events", "").Body)
	next := func(name string, into any) {
		t.Helper()
		var lines []string
		for len(lines) < 3 {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
		data, ok := strings.CutPrefix(lines[1], "data: ")
		if lines[0] != "event: "+name || !ok || lines[2] != "" {
			t.Fatalf("want the event %s, got %q", name, lines)
		}
		if err := json.Unmarshal([]byte(data), into); err != nil {
			t.Fatalf("%v in %s", err, data)
		}
	}
	var page struct {
		Runs []struct {
			ID     string
			Curves []struct{ Y []*float64 }
		}
	}
	if next("page", &page); len(page.Runs) != 1 || page.Runs[0].ID != evil {
		t.Fatalf("the page is %+v", page)
	}
	if y := page.Runs[0].Curves[0].Y; *y[0] != -541.52350123 || y[1] != nil { // with all its digits, and null for what is infinite
		t.Errorf("the curve is %v", y)
	}
	var news struct {
		Changes []struct {
			ID     string
			Points map[string][][3]*float64
		}
	}
	next("changes", &news)
	c := news.Changes[0]
	if p := c.Points["free_energy"]; c.ID != evil || *p[0][0] != 3 || *p[0][1] != -1.5 || p[0][2] != nil {
		t.Errorf("the changes are %+v", news)
	}
}

// The report has one element for its data, which no text ends, and a policy that allows its own script alone.
func TestReport(t *testing.T) {
	var out bytes.Buffer
	if err := watch.Report(&out, (&source{}).Page()); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if n := strings.Count(text, "</script>"); n != 2 || strings.Contains(text, "alert(1)</script") {
		t.Errorf("%d elements end: a text of the run is markup", n)
	}
	for _, wrong := range []string{`<script src=`, `<link rel="stylesheet"`, "@import", "https://", "ZgotmplZ"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the report has %s: it is not one file", wrong)
		}
	}
	data := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(text)
	var page struct{ Title string }
	if data == nil || json.Unmarshal([]byte(data[1]), &page) != nil || page.Title != evil {
		t.Errorf("the data is %q", data)
	}
	if !regexp.MustCompile(`default-src &#39;none&#39;|default-src 'none'`).MatchString(text) || strings.Contains(text, "unsafe-inline") {
		t.Error("the report has no policy")
	}
}

// Who has gone is not written to, and a stream does not keep the server from ending.
func TestLeaving(t *testing.T) {
	address, _ := serve(t, &source{})
	reply := ask(t, "GET", address+"events", "")
	if _, err := io.ReadAtLeast(reply.Body, make([]byte, 1), 1); err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	ask(t, "GET", address+"events", "") // open until the test ends
}
