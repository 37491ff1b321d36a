package plan

import (
	"strconv"
	"strings"
)

// positions maps every dotted key of a TOML document to the line (from 1) on
// which it first stands: tables, keys, and the elements of arrays by index
// ("estimator.0.plugin"). The TOML library keeps positions for syntax errors
// only. The document is taken to be valid; on any other the map is incomplete.
func positions(source string) map[string]int {
	s := scanner{source: source, line: 1, lines: map[string]int{}, elements: map[string]int{}}
	table := ""
	for {
		s.blank()
		switch c := s.peek(); {
		case s.done():
			return s.lines
		case c == '[':
			table = s.header()
		default:
			if !s.assignment(table) {
				return s.lines
			}
		}
	}
}

// deepest is how deep tables, lists and dotted keys are nested at most: run files
// need five. The time that the TOML library takes grows with the square.
const deepest = 32

// tooDeep returns the line on which a document is nested deeper than that, 0 if
// there is none.
func tooDeep(source string) int {
	s := scanner{source: source, line: 1}
	brackets, dots := 0, 0
	for !s.done() && brackets <= deepest && dots < deepest {
		switch s.peek() {
		case '"', '\'':
			s.text()
			continue
		case '#':
			s.until("\n")
			continue
		case '[', '{':
			brackets++
			dots = 0
		case ']', '}':
			brackets--
			dots = 0
		case '.':
			dots++
		case '=', ',', '\n':
			dots = 0
		}
		if brackets <= deepest && dots < deepest {
			s.skip(1)
		}
	}
	if s.done() {
		return 0
	}
	return s.line
}

type scanner struct {
	source   string
	at       int // next byte
	line     int
	lines    map[string]int
	elements map[string]int // of each array of tables so far
}

func (s *scanner) done() bool { return s.at >= len(s.source) }

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.done() {
		return 0
	}
	return s.source[s.at]
}

// skip moves past n bytes, counting lines.
func (s *scanner) skip(n int) {
	end := min(s.at+n, len(s.source))
	s.line += strings.Count(s.source[s.at:end], "\n")
	s.at = end
}

// accept moves past text if it comes next.
func (s *scanner) accept(text string) bool {
	if !strings.HasPrefix(s.source[s.at:], text) {
		return false
	}
	s.skip(len(text))
	return true
}

// until moves to the next byte that is one of stops, or to the end, and
// returns what was passed.
func (s *scanner) until(stops string) string {
	rest := s.source[s.at:]
	n := strings.IndexAny(rest, stops)
	if n < 0 {
		n = len(rest)
	}
	s.skip(n)
	return rest[:n]
}

// blank moves past white space, line ends and comments.
func (s *scanner) blank() {
	for {
		switch s.peek() {
		case ' ', '\t', '\r', '\n':
			s.skip(1)
		case '#':
			s.until("\n")
		default:
			return
		}
	}
}

func (s *scanner) mark(path string, line int) {
	if _, ok := s.lines[path]; !ok {
		s.lines[path] = line
	}
}

// header reads [a.b] or [[a.b]] and returns the path of its keys.
func (s *scanner) header() string {
	line := s.line
	s.skip(1)
	array := s.accept("[")
	names := s.key()
	s.until("\n")
	path := ""
	for i, name := range names {
		path = join(path, name)
		s.mark(path, line)
		if array && i == len(names)-1 {
			s.elements[path]++
		}
		if n := s.elements[path]; n > 0 {
			path = join(path, strconv.Itoa(n-1))
			s.mark(path, line)
		}
	}
	return path
}

// assignment reads key = value; false means that there was none.
func (s *scanner) assignment(table string) bool {
	line := s.line
	path := table
	for _, name := range s.key() {
		path = join(path, name)
		s.mark(path, line)
	}
	s.blank()
	if !s.accept("=") {
		return false
	}
	s.blank()
	s.value(path)
	return true
}

// key reads a dotted key, quoted parts included.
func (s *scanner) key() []string {
	var names []string
	for {
		s.blank()
		switch c := s.peek(); c {
		case '"', '\'':
			start := s.at
			s.text()
			names = append(names, unquote(s.source[start:s.at]))
		default:
			names = append(names, s.until(".=]}, \t\r\n\"'#"))
		}
		s.blank()
		if !s.accept(".") {
			return names
		}
	}
}

func unquote(quoted string) string {
	if text, err := strconv.Unquote(quoted); err == nil && quoted[0] == '"' {
		return text
	}
	return strings.Trim(quoted, quoted[:1])
}

// value moves past a value, marking what arrays and inline tables hold.
func (s *scanner) value(path string) {
	switch s.peek() {
	case '"', '\'':
		s.text()
	case '[':
		s.skip(1)
		for i := 0; ; i++ {
			s.blank()
			if s.done() || s.accept("]") {
				return
			}
			before, element := s.at, join(path, strconv.Itoa(i))
			s.mark(element, s.line)
			s.value(element)
			s.blank()
			s.accept(",")
			if s.at == before {
				return
			}
		}
	case '{':
		s.skip(1)
		for {
			s.blank()
			if s.done() || s.accept("}") || !s.assignment(path) {
				return
			}
			s.blank()
			s.accept(",")
		}
	default:
		s.until(",]}#\n")
	}
}

// text moves past a string of any of the four kinds.
func (s *scanner) text() {
	quote := s.source[s.at : s.at+1]
	end := quote
	if long := strings.Repeat(quote, 3); strings.HasPrefix(s.source[s.at:], long) {
		end = long
	}
	s.skip(len(end))
	for !s.done() && !s.accept(end) {
		if quote == `"` && s.peek() == '\\' {
			s.skip(1)
		}
		s.skip(1)
	}
	for len(end) == 3 && s.peek() == quote[0] { // """" ends with a quote of its own
		s.skip(1)
	}
}

// join appends a name to a dotted path, quoted where it is not a bare key.
func join(path, name string) string {
	bare := name != "" && strings.IndexFunc(name, func(r rune) bool {
		return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) < 0
	if !bare {
		name = strconv.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}
