package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// shell stands in for /bin/sh: Fleet's chart starts the migration Job and the CronJob through `sh -c`.
// It takes plain commands divided by `;` or line breaks, splits them at white space, and ends with the last one's status.
func shell(args []string) error {
	if len(args) != 2 || args[0] != "-c" {
		return errors.New("this stand-in only takes -c and one string of commands")
	}
	if strings.ContainsAny(args[1], "'\"`$\\|&<>()*?") {
		return errors.New("this stand-in takes plain commands only: no quotes, variables, pipes or redirections")
	}
	var last error
	for _, command := range strings.FieldsFunc(args[1], func(r rune) bool { return r == ';' || r == '\n' }) {
		words := strings.Fields(command)
		if len(words) == 0 {
			continue
		}
		last = runCommand(words)
	}
	return last
}

func runCommand(words []string) error {
	command := exec.Command(words[0], words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		return err
	}
	// As PID 1 of a container the shell is the one that gets the signal.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	go func() {
		for received := range signals {
			_ = command.Process.Signal(received)
		}
	}()
	err := command.Wait()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return exitStatus(128 + int(status.Signal()))
		}
		return exitStatus(failed.ExitCode())
	}
	return err
}
