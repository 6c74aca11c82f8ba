package main

import (
	"bufio"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

// valkeyConfig is what the stand-in acts on; it knows further directives by name, and refuses a name it does not know, as
// the real server refuses a misspelt one.
type valkeyConfig struct{ port, password string }

var ignoredDirectives = map[string]bool{
	"appendonly": true, "bind": true, "daemonize": true, "databases": true, "dir": true, "logfile": true, "loglevel": true,
	"maxmemory": true, "maxmemory-policy": true, "protected-mode": true, "save": true, "tcp-keepalive": true, "timeout": true,
}

// largestWord bounds one argument of a command, far above any password.
const largestWord = 1 << 20

// valkeyServer stands in for the official Valkey image: `valkey-server [configuration file] [--directive value]…`.
// A password belongs in the file, mounted from a Secret: an argument can be read in the process list.
func valkeyServer(args []string) error {
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-v") {
		fmt.Printf("Valkey server v=8.1.0 (%s)\n", fmt.Sprintf(standIn, "Valkey"))
		return nil
	}
	announce("valkey-server", standIn, "Valkey")
	config := &valkeyConfig{port: "6379"}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		file, err := os.Open(args[0])
		if err != nil {
			return err
		}
		err = config.read(file)
		_ = file.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		args = args[1:]
	}
	if err := config.read(strings.NewReader(strings.ReplaceAll(" "+strings.Join(args, " "), " --", "\n"))); err != nil {
		return err
	}
	return listenUntilStopped("valkey-server", net.JoinHostPort("", config.port), nil, config.answer)
}

func (config *valkeyConfig) read(source io.Reader) error {
	lines := bufio.NewScanner(source)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		directive, value, _ := strings.Cut(line, " ")
		value = strings.TrimSpace(value)
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		switch directive = strings.ToLower(directive); {
		case directive == "requirepass":
			config.password = value
		case directive == "port":
			config.port = value
		case !ignoredDirectives[directive]:
			return fmt.Errorf("this stand-in does not know the directive %q", directive)
		}
	}
	return lines.Err()
}

func (config *valkeyConfig) answer(client *conversation) {
	authenticated := config.password == ""
	for {
		words, err := readCommand(client.reader)
		if err != nil {
			return
		}
		if len(words) == 0 {
			continue
		}
		if client.say("%s", config.reply(words, &authenticated)) != nil || strings.EqualFold(words[0], "QUIT") {
			return
		}
	}
}

func (config *valkeyConfig) reply(words []string, authenticated *bool) string {
	switch command := strings.ToUpper(words[0]); {
	case command == "QUIT":
		return "+OK"
	case command == "AUTH" && config.password == "":
		return "-ERR AUTH called without any password configured for the default user"
	case command == "AUTH" && len(words) > 1:
		given := words[len(words)-1]
		*authenticated = subtle.ConstantTimeCompare([]byte(given), []byte(config.password)) == 1
		if *authenticated {
			return "+OK"
		}
		return "-WRONGPASS invalid username-password pair or user is disabled."
	case !*authenticated:
		return "-NOAUTH Authentication required."
	case command == "PING":
		return "+PONG"
	case command == "SELECT" && len(words) == 2:
		return "+OK"
	}
	return "-ERR unknown command in this stand-in"
}

// readCommand reads one command in the array form that clients send, or in the inline form that a person types.
func readCommand(reader *bufio.Reader) ([]string, error) {
	header, err := readLine(reader)
	if err != nil {
		return nil, err
	}
	count, isArray := strings.CutPrefix(header, "*")
	if !isArray {
		return strings.Fields(header), nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 16 {
		return nil, errors.New("malformed command")
	}
	words := make([]string, n)
	for i := range words {
		header, err := readLine(reader)
		if err != nil {
			return nil, err
		}
		length, err := strconv.Atoi(strings.TrimPrefix(header, "$"))
		if err != nil || length < 0 || length > largestWord {
			return nil, errors.New("malformed command")
		}
		word := make([]byte, length+len("\r\n"))
		if _, err := io.ReadFull(reader, word); err != nil {
			return nil, err
		}
		words[i] = string(word[:length])
	}
	return words, nil
}

func readLine(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}
