package main

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
)

// mysqlLogin is what a client needs to reach the stand-in for MySQL.
type mysqlLogin struct {
	address, user, database, password string
	// tls is nil where there is none.
	tls *tls.Config
}

// ask logs in, asks one thing and returns the answer; it keeps trying while nothing listens at the address.
func (login mysqlLogin) ask(question string) (answer string, err error) {
	err = patiently(func() error {
		answer, err = login.askOnce(question)
		return err
	})
	if err != nil && !errors.As(err, &refused{}) {
		return "", fmt.Errorf("cannot reach MySQL at %s: %w", login.address, err)
	}
	return answer, err
}

func (login mysqlLogin) askOnce(question string) (string, error) {
	connection, err := dial(login.address, login.tls)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close() }()
	password := base64.StdEncoding.EncodeToString([]byte(login.password))
	var answer string
	for _, line := range []string{fmt.Sprintf("LOGIN %q %q %q", login.user, login.database, password), question} {
		if err := connection.say("%s", line); err != nil {
			return "", err
		}
		heard, err := connection.hear()
		if err != nil {
			return "", err
		}
		if reason, isError := strings.CutPrefix(heard, "ERR "); isError {
			return "", refused{errors.New("MySQL says: " + reason)}
		}
		answer = strings.TrimSpace(strings.TrimPrefix(heard, "OK"))
	}
	return answer, nil
}

func (login mysqlLogin) requireMigrations() error {
	answer, err := login.ask("STATUS")
	if err != nil {
		return err
	}
	if answer != migrated {
		return errors.New("the Fleet database is not initialized: run `fleet prepare db` first")
	}
	return nil
}

// mysqladmin answers `mysqladmin … ping` as the real one: alive is alive, also with a wrong password.
func mysqladmin(args []string) error {
	host, port, ping := "127.0.0.1", "3306", false
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		next := func() string {
			if !joined && i+1 < len(args) {
				i++
				return args[i]
			}
			return value
		}
		switch {
		case args[i] == "ping":
			ping = true
		case name == "-h" || name == "--host":
			host = next()
		case name == "-P" || name == "--port":
			port = next()
		case name == "-u" || name == "--user":
			next()
		case strings.HasPrefix(args[i], "-h"):
			host = args[i][2:]
		}
	}
	if !ping {
		return errors.New("this stand-in only knows the command ping")
	}
	connection, err := dial(net.JoinHostPort(host, port), nil)
	if err != nil {
		return fmt.Errorf("connect to server at %s failed: %w", host, err)
	}
	fmt.Println("mysqld is alive")
	return connection.Close()
}
