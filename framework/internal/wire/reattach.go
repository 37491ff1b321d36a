package wire

import (
	"os"
	"path/filepath"
)

// ReattachKey is the variable that names the sockets at which plugins wait that are running
// already, separated as in PATH.
const ReattachKey = "HELMHOLTZ_REATTACH"

// Doors are the sockets of such a list.
func Doors(list string) []string { return filepath.SplitList(list) }

// JoinDoors is a list with one more in front.
func JoinDoors(list, door string) string {
	if list == "" {
		return door
	}
	return door + string(os.PathListSeparator) + list
}
