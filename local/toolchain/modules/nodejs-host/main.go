// The Node language host behind this program takes a project's options for its runtime as flags. Engines from 3.210 on
// hand them over with each run instead, to newer hosts, so this one would know none.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"syscall"

	"gopkg.in/yaml.v3"
)

// The engine starts a language host in the project's folder.
const projectFile = "Pulumi.yaml"

func main() {
	log.SetFlags(0)
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	project, err := os.ReadFile(projectFile)
	if err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	// Under the name by which the engine and everyone who looks at processes know a language host.
	args := append([]string{os.Args[0]}, flags(project)...)
	host := filepath.Join(filepath.Dir(self), "nodejs-host")
	log.Fatal(syscall.Exec(host, append(args, os.Args[1:]...), os.Environ()))
}

// What cannot be read is the engine's to complain about: it reads the file too. `runtime: nodejs` is the form without options.
func flags(project []byte) (flags []string) {
	var file struct {
		Runtime struct{ Options map[string]any }
	}
	_ = yaml.Unmarshal(project, &file)
	for name, value := range file.Runtime.Options {
		flags = append(flags, fmt.Sprintf("-%s=%v", name, value))
	}
	return flags
}
