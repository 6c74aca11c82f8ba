package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	connectPatience = 300 * time.Millisecond
	os.Exit(m.Run())
}

// environment looks variables up in a map.
func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// listening serves on a free loopback port until the test ends, and returns its address.
func listening(t *testing.T, answer func(*conversation)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { _ = accept(listener, answer) }()
	return listener.Addr().String()
}

// nobody is an address where nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func mysqlWith(t *testing.T, password string) (address string, data *mysqlData) {
	t.Helper()
	data, err := openData(t.TempDir(), environment(map[string]string{
		"MYSQL_ROOT_PASSWORD": "root", "MYSQL_USER": "fleet", "MYSQL_PASSWORD": password, "MYSQL_DATABASE": "fleet",
	}))
	if err != nil {
		t.Fatal(err)
	}
	return listening(t, data.answer), data
}

func wantError(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Fatalf("got %v, want an error with %q", err, words)
	}
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
