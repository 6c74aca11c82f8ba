package main

import (
	"errors"
	"testing"
)

func TestShellEndsWithTheLastStatus(t *testing.T) {
	for commands, want := range map[string]int{"true": 0, "true;\nfalse;\n": 1, "false; true": 0} {
		err := shell([]string{"-c", commands})
		var status exitStatus
		if errors.As(err, &status); int(status) != want {
			t.Errorf("%q: got %v, want %d", commands, err, want)
		}
	}
	wantError(t, shell([]string{"-c", "a | b"}), "plain commands only")
	wantError(t, shell(nil), "-c")
}
