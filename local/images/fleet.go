package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// connectPatience bounds the tries to reach a datastore. Fleet itself keeps trying MySQL for nearly two minutes; the
// kubelet's restarts make up for the difference, and a test need not wait.
var connectPatience = 5 * time.Second

// minimumPrivateKey is the least number of bytes that Fleet takes as its private key.
const minimumPrivateKey = 32

func fleet(args []string) error {
	switch strings.Join(args, " ") {
	case "serve":
		return serve(os.Getenv)
	case "prepare db", "prepare db --no-prompt":
		return prepareDatabase(os.Getenv)
	case "vuln_processing":
		return processVulnerabilities(os.Getenv)
	case "version":
		fmt.Printf("fleet version %s (%s)\n", version, fmt.Sprintf(standIn, "Fleet"))
		return nil
	case "version --full":
		fmt.Printf("fleet - version %s\n  branch: \t%s\n", version, fmt.Sprintf(standIn, "Fleet"))
		return nil
	}
	return fmt.Errorf("unknown command %q", strings.Join(args, " "))
}

// fleetConfig is the part of Fleet's configuration that the stand-in acts on, under Fleet's own variable names.
type fleetConfig struct {
	mysql      mysqlLogin
	valkey     valkeyLogin
	address    string
	tls        bool
	tlsProfile string
	certFile   string
	keyFile    string
	privateKey string
}

func loadFleetConfig(getenv func(string) string) (fleetConfig, error) {
	or := func(name, fallback string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return fallback
	}
	password := getenv("FLEET_MYSQL_PASSWORD")
	if path := getenv("FLEET_MYSQL_PASSWORD_PATH"); path != "" {
		if password != "" {
			return fleetConfig{}, errors.New("both FLEET_MYSQL_PASSWORD and FLEET_MYSQL_PASSWORD_PATH are set: set one of them")
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return fleetConfig{}, fmt.Errorf("cannot read the file of FLEET_MYSQL_PASSWORD_PATH: %w", err)
		}
		password = strings.TrimSpace(string(content))
	}
	mysqlAddress := or("FLEET_MYSQL_ADDRESS", "localhost:3306")
	mysqlTLS, err := clientTLS(getenv, mysqlAddress)
	if err != nil {
		return fleetConfig{}, err
	}
	return fleetConfig{
		mysql: mysqlLogin{
			tls:      mysqlTLS,
			address:  mysqlAddress,
			user:     or("FLEET_MYSQL_USERNAME", "fleet"),
			database: or("FLEET_MYSQL_DATABASE", "fleet"),
			password: password,
		},
		valkey: valkeyLogin{
			address:  strings.TrimPrefix(or("FLEET_REDIS_ADDRESS", "localhost:6379"), "redis://"),
			password: getenv("FLEET_REDIS_PASSWORD"),
			database: or("FLEET_REDIS_DATABASE", "0"),
		},
		address:    or("FLEET_SERVER_ADDRESS", "0.0.0.0:8080"),
		tls:        or("FLEET_SERVER_TLS", "true") != "false",
		tlsProfile: or("FLEET_SERVER_TLS_COMPATIBILITY", "modern"),
		certFile:   getenv("FLEET_SERVER_CERT"),
		keyFile:    getenv("FLEET_SERVER_KEY"),
		privateKey: getenv("FLEET_SERVER_PRIVATE_KEY"),
	}, nil
}

// prepareDatabase marks the database as migrated; like Fleet's own, it needs MySQL and not the cache.
func prepareDatabase(getenv func(string) string) error {
	announce("fleet", standIn+": migrations", "Fleet")
	config, err := loadFleetConfig(getenv)
	if err != nil {
		return err
	}
	if _, err := config.mysql.ask("PREPARE"); err != nil {
		return err
	}
	fmt.Println("Migrations completed.")
	return nil
}

// processVulnerabilities processes none, but fails where Fleet's would: no database, or one without migrations.
func processVulnerabilities(getenv func(string) string) error {
	announce("fleet", standIn+": vulnerability processing", "Fleet")
	config, err := loadFleetConfig(getenv)
	if err != nil {
		return err
	}
	return config.mysql.requireMigrations()
}

// refused is an answer that further tries would not change, such as a wrong password.
type refused struct{ error }

// patiently calls try until it succeeds, is refused, or connectPatience is over.
func patiently(try func() error) error {
	deadline := time.Now().Add(connectPatience)
	for {
		err := try()
		if err == nil || errors.As(err, &refused{}) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}
