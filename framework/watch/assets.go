package watch

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"strings"
)

//go:embed assets
var assets embed.FS

// scripts in the order in which they are one.
var scripts = []string{"base", "axes", "chart", "picture", "tables", "run", "compare", "main"}

var (
	script   = joined()
	style    = asset("page.css")
	skeleton = template.Must(template.New("page").Parse(asset("page.html")))
)

// joined is the script of the page: its files in one function, so that no name of theirs is global.
func joined() string {
	var all strings.Builder
	all.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range scripts {
		all.WriteString(asset(name + ".js"))
	}
	all.WriteString("})();\n")
	return all.String()
}

func asset(name string) string {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is compiled in
	}
	return string(text)
}

// skeletonOf is what the skeleton of the page is filled with; without Data it is the live page,
// which takes all else from the server.
type skeletonOf struct {
	Title  string
	Policy string
	Style  template.CSS
	Script template.JS
	Data   template.JS
}

// hash is how a policy names a script or a style that stands in the page.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
