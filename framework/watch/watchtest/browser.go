// Package watchtest drives a headless Chromium in tests, by its DevTools protocol over a pipe
// (https://chromedevtools.github.io/devtools-protocol): what a page shows, what it complains about and
// what it asks for.
package watchtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"
)

// patience with the browser, on a machine that has other things to do: it started within a minute where eighty
// processes wanted two cores.
const patience = 3 * time.Minute

// Browser is a running Chromium, ended with its test.
type Browser struct {
	t   testing.TB
	cmd *exec.Cmd
	to  *os.File

	mu      sync.Mutex
	last    int
	replies map[int]chan reply
	tabs    map[string]*Tab
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

type reply struct {
	result json.RawMessage
	err    error
}

// Program is the helmholtz to be looked at, that of HELMHOLTZ_TEST_WATCH; without it the test is skipped.
func Program(t testing.TB) string {
	t.Helper()
	program := os.Getenv("HELMHOLTZ_TEST_WATCH")
	if program == "" {
		t.Skip("needs a browser, and the path of helmholtz in HELMHOLTZ_TEST_WATCH: make test-watch")
	}
	return program
}

// Open starts a browser with a profile of its own. It skips the test where Program does, and fails it where
// Chromium is missing.
func Open(t testing.TB) *Browser {
	t.Helper()
	Program(t)
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err, "(.ci/setup-watch installs it)")
	}
	there, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, back, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "helmholtz-browser-")
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, to: to, replies: map[int]chan reply{}, tabs: map[string]*Tab{}}
	// Root has no sandbox, and containers have a small /dev/shm.
	b.cmd = exec.Command(program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars", "--user-data-dir="+profile, "about:blank")
	b.cmd.ExtraFiles = []*os.File{there, back} // 3 and 4
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	there.Close()
	back.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.read(from)
	}()
	t.Cleanup(func() {
		b.call("", "Browser.close", nil, nil)
		to.Close()
		ended := time.AfterFunc(5*time.Second, func() { b.cmd.Process.Kill() })
		b.cmd.Wait()
		ended.Stop()
		from.Close()
		<-done
		for range 50 { // processes of the browser may still write to it
			if os.RemoveAll(profile) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	return b
}

// Pid is the process of the browser.
func (b *Browser) Pid() int { return b.cmd.Process.Pid }

// read takes messages, which end with a zero byte.
func (b *Browser) read(from *os.File) {
	in := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := in.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for id, to := range b.replies {
				to <- reply{err: fmt.Errorf("the browser has ended: %w", err)}
				delete(b.replies, id)
			}
			b.mu.Unlock()
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if to := b.replies[m.ID]; m.ID > 0 && to != nil {
			r := reply{result: m.Result}
			if m.Error != nil {
				r.err = fmt.Errorf("%s", m.Error.Message)
			}
			to <- r
			delete(b.replies, m.ID)
		} else if tab := b.tabs[m.Session]; tab != nil {
			tab.heard(m)
		}
		b.mu.Unlock()
	}
}

// call asks the browser, or the tab of a session, and waits for the answer.
func (b *Browser) call(session, method string, params, result any) error {
	text, err := json.Marshal(params)
	if err != nil {
		return err
	}
	answer := make(chan reply, 1)
	b.mu.Lock()
	b.last++
	m := message{ID: b.last, Session: session, Method: method}
	if params != nil {
		m.Params = text
	}
	b.replies[m.ID] = answer
	b.mu.Unlock()
	if text, err = json.Marshal(m); err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	if err != nil {
		return err
	}
	select {
	case r := <-answer:
		if r.err != nil || result == nil {
			return r.err
		}
		return json.Unmarshal(r.result, result)
	case <-time.After(patience):
		return fmt.Errorf("%s: no answer in %v", method, patience)
	}
}

// Tab is one page.
type Tab struct {
	b       *Browser
	session string

	complaints, asked []string // guarded by b.mu
}

// Tab opens a page of some size in pixels.
func (b *Browser) Tab(width, height int) *Tab {
	b.t.Helper()
	var target struct {
		ID string `json:"targetId"`
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	b.must(b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target))
	b.must(b.call("", "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &session))
	tab := &Tab{b: b, session: session.ID}
	b.mu.Lock()
	b.tabs[session.ID] = tab
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		tab.Call(domain+".enable", map[string]any{}, nil)
	}
	tab.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	return tab
}

func (b *Browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// heard keeps what the page complains about and asks for.
func (tab *Tab) heard(m message) {
	var p struct {
		Type    string
		Args    []struct{ Value any }
		Entry   struct{ Level, Text, URL string }
		Details struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
		Request struct{ URL string }
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return
	}
	switch m.Method {
	case "Runtime.exceptionThrown":
		tab.complaints = append(tab.complaints, p.Details.Text+" "+p.Details.Exception.Description)
	case "Runtime.consoleAPICalled":
		if p.Type == "error" || p.Type == "warning" || p.Type == "assert" {
			tab.complaints = append(tab.complaints, fmt.Sprint(p.Type, p.Args))
		}
	case "Log.entryAdded":
		if p.Entry.Level == "error" || p.Entry.Level == "warning" {
			tab.complaints = append(tab.complaints, p.Entry.Text+" "+p.Entry.URL)
		}
	case "Network.requestWillBeSent":
		tab.asked = append(tab.asked, p.Request.URL)
	}
}

// Complaints are the errors and warnings of the console so far.
func (tab *Tab) Complaints() []string {
	tab.b.mu.Lock()
	defer tab.b.mu.Unlock()
	return slices.Clone(tab.complaints)
}

// Asked are the addresses that the page has asked for so far.
func (tab *Tab) Asked() []string {
	tab.b.mu.Lock()
	defer tab.b.mu.Unlock()
	return slices.Clone(tab.asked)
}

// Call is a method of the protocol.
func (tab *Tab) Call(method string, params, result any) {
	tab.b.t.Helper()
	tab.b.must(tab.b.call(tab.session, method, params, result))
}

// Go opens an address.
func (tab *Tab) Go(url string) {
	tab.b.t.Helper()
	var r struct {
		Error string `json:"errorText"`
	}
	if tab.Call("Page.navigate", map[string]any{"url": url}, &r); r.Error != "" {
		tab.b.t.Fatalf("open %s: %s", url, r.Error)
	}
}

// Eval is the value of a script on the page, into result.
func (tab *Tab) Eval(script string, result any) {
	tab.b.t.Helper()
	var r struct {
		Result  struct{ Value json.RawMessage }
		Details *struct {
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	tab.Call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &r)
	if r.Details != nil {
		tab.b.t.Fatalf("%s: %s", script, r.Details.Exception.Description)
	}
	if err := json.Unmarshal(r.Result.Value, result); err != nil {
		tab.b.t.Fatalf("%s: %s: %v", script, r.Result.Value, err)
	}
}

// Text is the value of a script that gives a text.
func (tab *Tab) Text(script string) (text string) {
	tab.b.t.Helper()
	tab.Eval(script, &text)
	return text
}

// Wait waits until a script is true; while the page is not there yet it is not.
func (tab *Tab) Wait(script string) {
	tab.b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var ok bool
		tab.Eval("(() => { try { return Boolean("+script+"); } catch { return false; } })()", &ok)
		if ok {
			return
		}
		if time.Now().After(end) {
			tab.b.t.Fatalf("after %v it is not so that %s; the page says\n%s\nand complains %q", patience, script, tab.Text("document.body?.innerText ?? ''"), tab.Complaints())
		}
	}
}

// Key presses a key: "Tab", "Enter", "ArrowLeft".
func (tab *Tab) Key(name string) {
	tab.b.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36}
	key := map[string]any{"type": "keyDown", "key": name, "code": name, "windowsVirtualKeyCode": codes[name]}
	if name == "Enter" {
		key["text"] = "\r"
	}
	tab.Call("Input.dispatchKeyEvent", key, nil)
	tab.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name, "code": name, "windowsVirtualKeyCode": codes[name]}, nil)
}
