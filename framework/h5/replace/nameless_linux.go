package replace

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// Not in package syscall: <asm-generic/fcntl.h> and <linux/fcntl.h>.
const (
	oTmpfile        = 0o20000000 | syscall.O_DIRECTORY
	atFdcwd         = -100
	atSymlinkFollow = 0x400
)

// nameless makes a file in dir that has no name; nil where the file system or
// the system cannot do that, or cannot name it later.
func nameless(dir string) *os.File {
	fd, err := syscall.Open(dir, syscall.O_WRONLY|syscall.O_CLOEXEC|oTmpfile, 0o666)
	if err != nil {
		return nil
	}
	f := os.NewFile(uintptr(fd), dir)
	if _, err := os.Stat(throughProc(f)); err != nil {
		f.Close()
		return nil
	}
	return f
}

// link gives a nameless file its name.
func link(f *os.File, name string) error {
	from, err := syscall.BytePtrFromString(throughProc(f))
	if err != nil {
		return err
	}
	to, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	cwd := atFdcwd
	_, _, errno := syscall.Syscall6(syscall.SYS_LINKAT, uintptr(cwd), uintptr(unsafe.Pointer(from)), uintptr(cwd), uintptr(unsafe.Pointer(to)), atSymlinkFollow, 0)
	if errno != 0 {
		return os.NewSyscallError("linkat", errno)
	}
	return nil
}

func throughProc(f *os.File) string { return "/proc/self/fd/" + strconv.Itoa(int(f.Fd())) }
