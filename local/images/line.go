package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// dialTimeout bounds one try to reach a datastore, name resolution included.
const dialTimeout = 2 * time.Second

// conversation is a connection on which both sides speak in lines.
type conversation struct {
	net.Conn
	reader *bufio.Reader
}

// dial connects, over TLS where config says how.
func dial(address string, config *tls.Config) (*conversation, error) {
	connection, err := net.DialTimeout("tcp", address, dialTimeout)
	if err != nil {
		return nil, err
	}
	_ = connection.SetDeadline(time.Now().Add(dialTimeout))
	if config != nil {
		connection = tls.Client(connection, config)
	}
	return &conversation{connection, bufio.NewReader(connection)}, nil
}

// listenUntilStopped answers connections until SIGTERM or SIGINT; over TLS where config says how.
func listenUntilStopped(program, address string, config *tls.Config, answer func(*conversation)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		_ = listener.Close()
	}()
	announce(program, "listening on %s", listener.Addr())
	return accept(listener, answer)
}

func accept(listener net.Listener, answer func(*conversation)) error {
	for {
		connection, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = connection.Close() }()
			answer(&conversation{connection, bufio.NewReader(connection)})
		}()
	}
}

func (c *conversation) say(format string, args ...any) error {
	_, err := fmt.Fprintf(c, format+"\r\n", args...)
	return err
}

func (c *conversation) hear() (string, error) {
	line, err := c.reader.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}
