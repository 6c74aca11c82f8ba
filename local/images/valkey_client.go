package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// valkeyLogin is what a client needs to reach the stand-in for Valkey.
type valkeyLogin struct{ address, password, database string }

// ping authenticates, selects the database and pings; it keeps trying while nothing listens at the address.
func (login valkeyLogin) ping() error {
	err := patiently(login.pingOnce)
	if err != nil && !errors.As(err, &refused{}) {
		return fmt.Errorf("cannot reach Redis at %s: %w", login.address, err)
	}
	return err
}

func (login valkeyLogin) pingOnce() error {
	connection, err := dial(login.address, nil)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	commands := [][]string{{"SELECT", login.database}, {"PING"}}
	if login.password != "" {
		commands = append([][]string{{"AUTH", login.password}}, commands...)
	}
	for _, command := range commands {
		if err := connection.say("*%d", len(command)); err != nil {
			return err
		}
		for _, word := range command {
			if err := connection.say("$%d\r\n%s", len(word), word); err != nil {
				return err
			}
		}
		answer, err := connection.hear()
		if err != nil {
			return err
		}
		if reason, isError := strings.CutPrefix(answer, "-"); isError {
			return refused{errors.New("Redis says: " + reason)}
		}
	}
	return nil
}

// valkeyCli answers `valkey-cli ping`; the password comes from VALKEYCLI_AUTH or REDISCLI_AUTH, as the real one takes it.
func valkeyCli(args []string) error {
	host, port, ping := "127.0.0.1", "6379", false
	for i := 0; i < len(args); i++ {
		switch {
		case strings.EqualFold(args[i], "ping"):
			ping = true
		case args[i] == "-h" && i+1 < len(args):
			i++
			host = args[i]
		case args[i] == "-p" && i+1 < len(args):
			i++
			port = args[i]
		}
	}
	if !ping {
		return errors.New("this stand-in only knows the command ping")
	}
	password := os.Getenv("VALKEYCLI_AUTH")
	if password == "" {
		password = os.Getenv("REDISCLI_AUTH")
	}
	login := valkeyLogin{address: net.JoinHostPort(host, port), password: password, database: "0"}
	if err := login.pingOnce(); err != nil {
		return err
	}
	fmt.Println("PONG")
	return nil
}
