package data

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// small is a data set of two files of a module, and the zip that a proxy has of it.
func small(t *testing.T) (*fetched, []byte) {
	t.Helper()
	texts := map[string]string{"data/a.gz": "first", "data/b.gz": "second", "LICENSE": "free"}
	var out bytes.Buffer
	w, list := zip.NewWriter(&out), ""
	for _, name := range []string{"data/b.gz", "LICENSE", "data/a.gz"} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "example.org/Some/Set@v1.0.0/" + name}) // stored as it is
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(texts[name]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"LICENSE", "data/a.gz", "data/b.gz"} { // in byte order
		list += sumOf(texts[name]) + "  example.org/Some/Set@v1.0.0/" + name + "\n"
	}
	sum := sha256.Sum256([]byte(list))
	return &fetched{
		Set:    Set{Name: "small"},
		module: goModule{"example.org/Some/Set", "v1.0.0", "h1:" + base64.StdEncoding.EncodeToString(sum[:]), 1000},
		folder: "data",
		files:  []keptFile{{"a.gz", sumOf("first")}, {"b.gz", sumOf("second")}},
	}, out.Bytes()
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// place is where a proxy has the zip.
const place = "/example.org/!some/!set/@v/v1.0.0.zip"

// folder is a proxy of files.
func folder(t *testing.T, text []byte) string {
	t.Helper()
	path := t.TempDir() + place
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return "file://" + strings.TrimSuffix(path, place)
}

// server is a proxy that has the zip at /has, refuses at /broken, has another zip at
// /other, and nothing elsewhere.
func server(t *testing.T, text []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/has" + place:
			w.Write(text)
		case "/broken" + place:
			http.Error(w, "broken", http.StatusInternalServerError)
		case "/other" + place:
			w.Write(bytes.Replace(text, []byte("first"), []byte("worst"), 1))
		case "/long" + place:
			w.Write(append(text, make([]byte, 1000)...))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestFetch(t *testing.T) {
	s, text := small(t)
	files, web := folder(t, text), server(t, text)
	for _, proxies := range []string{
		files, files + ",off", web + "/has", web + "/none," + web + "/has", web + "/none|" + web + "/broken|" + files,
		"file:///nowhere," + files, "direct," + files, " " + files + " , direct", web + "/other|" + files,
	} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		done, err := s.fetch(context.Background(), dir, proxies)
		if err != nil || !strings.HasSuffix(done.From, place) || done.Dir != dir {
			t.Errorf("%s: %+v, %v", proxies, done, err)
			continue
		}
		left, _ := os.ReadDir(dir)
		for i, want := range []string{"first", "second"} {
			if got, err := os.ReadFile(done.Files[i]); string(got) != want || err != nil || len(left) != 2 {
				t.Errorf("%s: file %d has %q, %v; the folder has %v", proxies, i, got, err, left)
			}
		}
		// What is there needs no proxy, and is found by its sums.
		if done, err = s.fetch(context.Background(), dir, "off"); err != nil || done.From != "" {
			t.Errorf("once more: %+v, %v", done, err)
		}
		if err := os.WriteFile(done.Files[1], []byte("secund"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err = s.fetch(context.Background(), dir, "off"); err == nil {
			t.Error("a damaged file was taken for sound")
		}
		if _, err = s.fetch(context.Background(), dir, files); err != nil || s.verify(dir) != nil {
			t.Errorf("a damaged file was not replaced: %v", err)
		}
	}
}

func TestFetchNamesWhatIsWrong(t *testing.T) {
	s, text := small(t)
	files, web := folder(t, text), server(t, text)
	for proxies, want := range map[string]string{
		"off":                              "example.org/Some/Set v1.0.0: GOPROXY is off (without network: run helmholtz data small --out FOLDER where there is one, and copy the files to ",
		"direct":                           "direct is passed over, since it needs Go and git",
		"file:///nowhere":                  "file:///nowhere" + place + ": it does not have the module",
		web + "/none,off":                  web + "/none" + place + ": 404 Not Found: it does not have the module; GOPROXY is off",
		web + "/broken," + files:           web + "/broken" + place + ": 500 Internal Server Error (without network",
		web + "/other," + files:            web + "/other" + place + ": zip: checksum error",
		web + "/long":                      "it has more than 1000 bytes",
		folder(t, text[:100]):              "zip: not a valid zip file",
		"http://127.0.0.1:1":               "http://127.0.0.1:1" + place + ": dial tcp 127.0.0.1:1: connect: connection refused",
		"http://me:secret@127.0.0.1:1|off": "http://me:xxxxx@127.0.0.1:1" + place,
		"ftp://example.org":                "is none of file://, http:// and https://",
		"http://%zz":                       "a proxy: is no URL",
	} {
		dir := t.TempDir()
		_, err := s.fetch(context.Background(), dir, proxies)
		if core.KindOf(err) != core.Storage || !strings.Contains(fmt.Sprint(err), want) || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: %v error %v, want %q", proxies, core.KindOf(err), err, want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s left %v", proxies, left)
		}
	}
	s.module.sum = "h1:other"
	if _, err := s.fetch(context.Background(), t.TempDir(), files); !strings.Contains(fmt.Sprint(err), "instead of h1:other") {
		t.Errorf("error %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := s.fetch(stopped, t.TempDir(), web+"/has|"+web+"/has"); core.KindOf(err) != core.Interrupted {
		t.Errorf("stopped: %v", err)
	}
}

// A set that was not fetched is named with the command that does it, and so is a damaged one.
func TestSetThatIsMissing(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, err := Load("mnist", "")
	if core.KindOf(err) != core.Invalid || !strings.HasPrefix(fmt.Sprint(err), "read data: mnist: ") || !strings.HasSuffix(fmt.Sprint(err), "no such file or directory (get it by helmholtz data mnist)") {
		t.Errorf("error %v", err)
	}
	dir, err := Cache("mnist")
	if err != nil || os.MkdirAll(dir, 0o777) != nil || os.WriteFile(filepath.Join(dir, mnist.files[0].name), []byte("cut"), 0o666) != nil {
		t.Fatal(err)
	}
	_, err = Load("mnist", "labels")
	if !strings.Contains(fmt.Sprint(err), "it has the SHA-256 "+sumOf("cut")+" instead of 440fcabf") {
		t.Errorf("error %v", err)
	}
	if names := []string{Sets()[0].Name, Sets()[1].Name}; !slices.Equal(names, []string{"digits", "mnist"}) || setOf("./mnist") != nil {
		t.Errorf("sets %v", names)
	}
	if _, err := Fetch(context.Background(), "digits", "", ""); core.KindOf(err) != core.Invalid {
		t.Errorf("error %v", err)
	}
}
