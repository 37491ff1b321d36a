package data

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// goModule is a version of a Go module, as a proxy serves it to anybody:
// https://go.dev/ref/mod#goproxy-protocol.
type goModule struct {
	path, version string
	// sum is that of go.sum, "h1:" and what golang.org/x/mod/sumdb/dirhash makes of the
	// contents: it is the same however a proxy compresses them.
	sum string
	// most bounds the bytes of the zip.
	most int64
}

// defaultProxies are Go's own.
const defaultProxies = "https://proxy.golang.org,direct"

// errAbsent is the answer of a proxy that does not have a module, behind which Go asks the
// next.
var errAbsent = errors.New("it does not have the module")

// fetch gets the zip of the module from the first of the proxies that has it, and verifies
// it. proxies is a list as in GOPROXY: behind a comma stands whom to ask where the one
// before does not have the module, behind a pipe whom to ask after any failure. from is
// the URL that had it.
func (m goModule) fetch(ctx context.Context, proxies string) (contents *zip.Reader, from string, err error) {
	var failures []string
	for rest, proxy, separator := proxies, "", ""; rest != ""; {
		proxy, separator, rest = cutProxy(rest)
		var text []byte
		switch proxy = strings.TrimSpace(proxy); proxy {
		case "":
			continue
		case "direct":
			failures = append(failures, "direct is passed over, since it needs Go and git")
			continue
		case "off":
			return nil, "", m.failed(append(failures, "GOPROXY is off"))
		}
		if from, text, err = m.get(ctx, proxy); err == nil {
			if contents, err = m.open(text); err == nil {
				return contents, from, nil
			}
		}
		failures = append(failures, fmt.Sprintf("%s: %v", from, err))
		if ctx.Err() != nil || separator == "," && !errors.Is(err, errAbsent) {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, "", &core.Error{Kind: core.Interrupted, Op: "fetch data", Subject: m.path, Err: err}
	}
	return nil, "", m.failed(failures)
}

// cutProxy cuts the first proxy of a list.
func cutProxy(list string) (proxy, separator, rest string) {
	if i := strings.IndexAny(list, ",|"); i >= 0 {
		return list[:i], list[i : i+1], list[i+1:]
	}
	return list, "", ""
}

func (m goModule) failed(failures []string) error {
	return core.Errorf(core.Storage, "fetch data", m.path+" "+m.version, "%s", strings.Join(failures, "; "))
}

// get gets the zip from one proxy. Its name in a URL has ! and a small letter for each
// capital one.
func (m goModule) get(ctx context.Context, proxy string) (from string, text []byte, err error) {
	base, err := url.Parse(proxy)
	if err != nil {
		return "a proxy", nil, errors.New("is no URL") // which may hold a password
	}
	var escaped strings.Builder
	for _, r := range m.path {
		if unicode.IsUpper(r) {
			escaped.WriteByte('!')
		}
		escaped.WriteRune(unicode.ToLower(r))
	}
	place := base.JoinPath(escaped.String(), "@v", m.version+".zip")
	from = place.Redacted()
	var body io.ReadCloser
	switch place.Scheme {
	case "file":
		body, err = os.Open(filepath.FromSlash(place.Path))
		if errors.Is(err, fs.ErrNotExist) {
			err = errAbsent
		}
		err = core.WithoutPath(err)
	case "http", "https":
		body, err = getURL(ctx, place.String())
	default:
		err = errors.New("is none of file://, http:// and https://")
	}
	if err != nil {
		return from, nil, err
	}
	defer body.Close()
	text, err = io.ReadAll(io.LimitReader(body, m.most+1))
	if err == nil && int64(len(text)) > m.most {
		err = fmt.Errorf("it has more than %d bytes", m.most)
	}
	return from, text, core.WithoutPath(err)
}

func getURL(ctx context.Context, place string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err // the URL is said already
		}
		return nil, err
	}
	switch answer.StatusCode {
	case http.StatusOK:
		return answer.Body, nil
	case http.StatusNotFound, http.StatusGone:
		err = fmt.Errorf("%s: %w", answer.Status, errAbsent)
	default:
		err = errors.New(answer.Status)
	}
	answer.Body.Close()
	return nil, err
}

// open opens the zip and verifies its contents.
func (m goModule) open(text []byte) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	files := slices.Clone(z.File)
	slices.SortFunc(files, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	list := sha256.New()
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, io.LimitReader(r, 2*m.most))
		r.Close()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(list, "%x  %s\n", sum.Sum(nil), f.Name)
	}
	if got := "h1:" + base64.StdEncoding.EncodeToString(list.Sum(nil)); got != m.sum {
		return nil, fmt.Errorf("it has the checksum %s instead of %s", got, m.sum)
	}
	return z, nil
}

// file is the text of a file of the module.
func (m goModule) file(contents *zip.Reader, name string) ([]byte, error) {
	f, err := contents.Open(m.path + "@" + m.version + "/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
