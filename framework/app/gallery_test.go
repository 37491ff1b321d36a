package app

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Every run file is in the gallery, with its picture or with the command that draws it; every picture is shown there, and small.
func TestGallery(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(repository(), "docs", "gallery")
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	rows := map[string]string{} // what is beside each run file
	for _, m := range regexp.MustCompile(`(?m)^\| \[[^]]*\]\(\.\./\.\./(runs/[^)]*)\)<br>(.+) \| (.+) \|$`).FindAllStringSubmatch(string(text), -1) {
		if rows[m[1]] = m[3]; len(m[2]) < 10 {
			t.Errorf("%s: %q says too little", m[1], m[2])
		}
		if image := regexp.MustCompile(`^!\[.+\]\((.+)\)$`).FindStringSubmatch(m[3]); image != nil {
			shown[filepath.Join(dir, image[1])] = true
		} else if want := "`helmholtz run " + m[1] + " && helmholtz plot " + m[1] + "`"; m[3] != want {
			t.Errorf("%s: beside it is %s, want a picture, or %s", m[1], m[3], want)
		}
	}
	root := repository()
	files := runFiles()
	engines, _ := filepath.Glob(filepath.Join(root, "runs", "engines", "*.toml"))
	for _, path := range append(files, engines...) {
		file, _ := filepath.Rel(root, path)
		if _, ok := rows[file]; !ok {
			t.Errorf("%s is not in the gallery; .ci/gallery writes the page", file)
		}
		delete(rows, file)
	}
	for file := range rows {
		t.Errorf("%s is in the gallery, and there is no such file", file)
	}
	pictures, _ := filepath.Glob(filepath.Join(repository(), "docs", "images", "runs", "*"))
	if len(pictures) == 0 || len(files) < 100 {
		t.Fatalf("%d pictures of %d run files", len(pictures), len(files))
	}
	for _, picture := range pictures {
		if info, err := os.Stat(picture); err != nil || info.Size() > 40<<10 {
			t.Errorf("%s: error %v, %d bytes, want 40 KiB at most", picture, err, info.Size())
		}
		if !shown[picture] {
			t.Errorf("%s is shown nowhere", picture)
		}
		delete(shown, picture)
	}
	for picture := range shown {
		t.Errorf("there is no picture %s", picture)
	}
}
