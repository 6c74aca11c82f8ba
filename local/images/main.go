// Command fleet-stand-ins is every program in the container images of the local cluster: it stands in for Fleet, MySQL
// and Valkey where the real images cannot be had. It is made for tests, manages no hosts and stores no data of value.
//
// One static binary, which looks at the name it was started as: fleet, mysqld, mysqladmin, valkey-server, valkey-cli, sh.
// It needs no writable root file system, no particular user and no other file in the image.
//
// What each program does is what Fleet's chart and this project's datastores can see of the real one: its exit codes, its
// probes, the order in which it needs the others, how it takes passwords, and how it stops.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// version is what `fleet version` prints; set it with `-ldflags "-X main.version=v4.85.0"`.
var version = "v4.85.0"

const standIn = "stand-in for %s, made for tests"

var programs = map[string]func(args []string) error{
	"fleet":         fleet,
	"mysqld":        mysqld,
	"mysqladmin":    mysqladmin,
	"valkey-server": valkeyServer,
	"valkey-cli":    valkeyCli,
	"sh":            shell,
}

func main() {
	name := filepath.Base(os.Args[0])
	program, known := programs[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: started under a name that stands for no program\n", name)
		os.Exit(1)
	}
	if err := program(os.Args[1:]); err != nil {
		var status exitStatus
		if errors.As(err, &status) {
			os.Exit(int(status))
		}
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// exitStatus ends the program with this exit code and no further word.
type exitStatus int

func (status exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(status)) }

func announce(program, format string, args ...any) {
	fmt.Fprintf(os.Stderr, "level=info program=%s msg=%q\n", program, fmt.Sprintf(format, args...))
}
