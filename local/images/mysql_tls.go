package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
)

// serverTLS is what mysqld speaks where it has a certificate: TLS and nothing else, from the first byte on. With an authority, clients
// show a certificate of it, as accounts with REQUIRE X509 do.
func serverTLS(certFile, keyFile, caFile string) (*tls.Config, error) {
	if certFile == "" {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("--ssl-cert and --ssl-key cannot be used: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if caFile == "" {
		return config, nil
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	config.ClientCAs, err = authorities(caFile)
	return config, err
}

// clientTLS is how Fleet connects to MySQL: with a TLS configuration of its own where it is told an authority
// (fleetdm/fleet, server/datastore/mysql), or as FLEET_MYSQL_TLS_CONFIG says.
func clientTLS(getenv func(string) string, address string) (*tls.Config, error) {
	caFile := getenv("FLEET_MYSQL_TLS_CA")
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("FLEET_MYSQL_ADDRESS: %w", err)
	}
	if caFile == "" {
		switch getenv("FLEET_MYSQL_TLS_CONFIG") {
		case "":
			return nil, nil
		case "true":
			return &tls.Config{ServerName: host}, nil
		}
		return nil, errors.New("FLEET_MYSQL_TLS_CONFIG: this stand-in only knows true")
	}
	config := &tls.Config{ServerName: host}
	if name := getenv("FLEET_MYSQL_TLS_SERVER_NAME"); name != "" {
		config.ServerName = name
	}
	if config.RootCAs, err = authorities(caFile); err != nil {
		return nil, err
	}
	certFile, keyFile := getenv("FLEET_MYSQL_TLS_CERT"), getenv("FLEET_MYSQL_TLS_KEY")
	if certFile == "" {
		return config, nil
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("FLEET_MYSQL_TLS_CERT and FLEET_MYSQL_TLS_KEY cannot be used: %w", err)
	}
	config.Certificates = []tls.Certificate{certificate}
	return config, nil
}

func authorities(file string) (*x509.CertPool, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s has no certificate", file)
	}
	return pool, nil
}
