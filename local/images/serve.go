package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// serve stands in for Fleet's server.
//
// It stops as Fleet does (fleetdm/fleet, cmd/fleet/serve.go), and no more gently: at SIGTERM both call Shutdown, which
// closes the listener at once, and end when Serve returns, which is at that moment and not when Shutdown is done. There is
// no waiting for the Service's endpoints to follow, and a request under way is cut off. Fleet writes a row to MySQL before;
// this does not. A test that sees no failed request during a rollout has therefore not been helped by the stand-in.
func serve(getenv func(string) string) error {
	announce("fleet", standIn+": server %s", "Fleet", version)
	config, err := loadFleetConfig(getenv)
	if err != nil {
		return err
	}
	if n := len(config.privateKey); n > 0 && n < minimumPrivateKey {
		return fmt.Errorf("FLEET_SERVER_PRIVATE_KEY has %d bytes: it must have at least %d", n, minimumPrivateKey)
	}
	if err := config.mysql.requireMigrations(); err != nil {
		return err
	}
	if err := config.valkey.ping(); err != nil {
		return err
	}
	listener, err := config.listen()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: config.handler(), ReadHeaderTimeout: 5 * time.Second}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		_ = server.Shutdown(context.Background())
	}()
	announce("fleet", "listening on %s", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	announce("fleet", "terminated")
	return nil
}

func (config fleetConfig) listen() (net.Listener, error) {
	if !config.tls {
		return net.Listen("tcp", config.address)
	}
	certificate, err := tls.LoadX509KeyPair(config.certFile, config.keyFile)
	if err != nil {
		return nil, fmt.Errorf("FLEET_SERVER_TLS is on, and FLEET_SERVER_CERT and FLEET_SERVER_KEY cannot be used: %w", err)
	}
	lowest, known := map[string]uint16{"modern": tls.VersionTLS13, "intermediate": tls.VersionTLS12}[config.tlsProfile]
	if !known {
		return nil, fmt.Errorf("FLEET_SERVER_TLS_COMPATIBILITY is %q: take modern or intermediate", config.tlsProfile)
	}
	return tls.Listen("tcp", config.address, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   lowest,
		NextProtos:   []string{"http/1.1"},
	})
}

func (config fleetConfig) handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", func(response http.ResponseWriter, _ *http.Request) {
		for name, address := range map[string]string{"mysql": config.mysql.address, "redis": config.valkey.address} {
			if err := accepts(address); err != nil {
				announce("fleet", "health check of %s failed: %v", name, err)
				response.WriteHeader(http.StatusInternalServerError)
				return
			}
		}
	})
	routes.HandleFunc("GET /version", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(map[string]string{
			"version": version,
			"branch":  fmt.Sprintf(standIn, "Fleet"),
		})
	})
	routes.HandleFunc("GET /{$}", func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(response, standIn+"\n", "Fleet")
	})
	return routes
}

// accepts stays below the kubelet's default probe timeout of one second, so that a dead datastore reads as 500.
func accepts(address string) error {
	connection, err := net.DialTimeout("tcp", address, 400*time.Millisecond)
	if err != nil {
		return err
	}
	return connection.Close()
}
