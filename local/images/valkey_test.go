package main

import (
	"strings"
	"testing"
)

func valkeyWith(t *testing.T, file string) (string, error) {
	t.Helper()
	config := &valkeyConfig{}
	if err := config.read(strings.NewReader(file)); err != nil {
		return "", err
	}
	return listening(t, config.answer), nil
}

func TestValkeyTakesTheRightPasswordOnly(t *testing.T) {
	address, err := valkeyWith(t, "# comment\nrequirepass right\nsave \"\"\nappendonly no\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := (valkeyLogin{address, "right", "0"}).ping(); err != nil {
		t.Fatal(err)
	}
	wantError(t, valkeyLogin{address, "wrong", "0"}.ping(), "WRONGPASS")
	wantError(t, valkeyLogin{address, "", "0"}.ping(), "NOAUTH")
}

func TestValkeyWithoutPassword(t *testing.T) {
	address, err := valkeyWith(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := (valkeyLogin{address, "", "1"}).ping(); err != nil {
		t.Fatal(err)
	}
	wantError(t, valkeyLogin{address, "any", "0"}.ping(), "without any password")
}

func TestValkeyRefusesMisspeltDirectives(t *testing.T) {
	_, err := valkeyWith(t, "requirepas right\n")
	wantError(t, err, `"requirepas"`)
}

func TestValkeyTakesInlineCommands(t *testing.T) {
	address, err := valkeyWith(t, `requirepass "two words"`)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := dial(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := connection.say("PING"); err != nil {
		t.Fatal(err)
	}
	if got, _ := connection.hear(); got != "-NOAUTH Authentication required." {
		t.Fatalf("got %q", got)
	}
}
