// go-imap (version 1, as Debian has it) beside imapxx.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
)

func fail(what ...interface{}) {
	fmt.Fprintln(os.Stderr, what...)
	os.Exit(1)
}

func statusKiB(key string) float64 {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, key) {
			n, _ := strconv.Atoi(strings.Fields(line)[1])
			return float64(n)
		}
	}
	return 0
}

func cpuMs() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e6
}

func items(work string) []imap.FetchItem {
	switch work {
	case "flags":
		return []imap.FetchItem{imap.FetchUid, imap.FetchFlags}
	case "envelopes":
		return []imap.FetchItem{imap.FetchEnvelope, imap.FetchBodyStructure, imap.FetchInternalDate, imap.FetchRFC822Size}
	}
	section := &imap.BodySectionName{Peek: true}
	return []imap.FetchItem{section.FetchItem()}
}

func fetch(c *client.Client, work string) (count int) {
	set := new(imap.SeqSet)
	set.AddRange(1, 0)
	messages := make(chan *imap.Message, 100)
	done := make(chan error, 1)
	go func() { done <- c.UidFetch(set, items(work), messages) }()
	for m := range messages {
		if work != "literal" {
			count++
			continue
		}
		for _, body := range m.Body {
			target, err := os.Create("/dev/shm/imapxx-bench")
			if err != nil {
				fail(err)
			}
			n, _ := io.Copy(target, body)
			count += int(n >> 20)
		}
	}
	if err := <-done; err != nil {
		fail(err)
	}
	return count
}

// smallMessage is what small_message.hpp makes.
func smallMessage(n int) string {
	return fmt.Sprintf("From: a@example.org\r\nTo: b@example.org\r\nSubject: message %d\r\nMessage-ID: <%d@example.org>\r\n\r\nText.\r\n", n, n)
}

// write does APPEND or STORE, one command after another.
func write(c *client.Client, work string, messages int) float64 {
	if work == "store" {
		if _, err := c.Select("latency-store", false); err != nil {
			fail(err)
		}
	}
	start := time.Now()
	for n := 0; n < messages; n++ {
		var err error
		if work == "append" {
			err = c.Append("latency-append", nil, time.Time{}, strings.NewReader(smallMessage(n)))
		} else {
			set := new(imap.SeqSet)
			set.AddNum(uint32(n + 1))
			err = c.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), []interface{}{imap.FlaggedFlag}, nil)
		}
		if err != nil {
			fail(err)
		}
	}
	return float64(time.Since(start).Nanoseconds()) / 1e6
}

func environment(name, otherwise string) string {
	if value, there := os.LookupEnv(name); there {
		return value
	}
	return otherwise
}

func main() {
	port, work, messages := os.Args[1], os.Args[2], os.Args[4]
	if work == "base64" { // nothing is decoded on the way
		os.Exit(77)
	}
	var c *client.Client
	var err error
	if os.Args[3] == "1" {
		c, err = client.DialTLS("127.0.0.1:"+port, &tls.Config{InsecureSkipVerify: true})
	} else {
		c, err = client.Dial("127.0.0.1:" + port)
	}
	if err != nil {
		fail(err)
	}
	if err = c.Login(environment("IMAPXX_PEER_USER", "a"), environment("IMAPXX_PEER_PASSWORD", "b")); err != nil {
		fail(err)
	}
	if work == "append" || work == "store" {
		count, _ := strconv.Atoi(messages)
		fmt.Println(write(c, work, count), 0, 0)
		return
	}
	if _, err = c.Select("INBOX", true); err != nil {
		fail(err)
	}
	idle := statusKiB("VmRSS:")
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	used, start := cpuMs(), time.Now()
	count := 0
	if work == "search" {
		numbers, err := c.UidSearch(imap.NewSearchCriteria())
		if err != nil {
			fail(err)
		}
		count = len(numbers)
	} else {
		count = fetch(c, work)
	}
	wall := float64(time.Since(start).Nanoseconds()) / 1e6
	if strconv.Itoa(count) != messages {
		fail(count, "answers, not", messages)
	}
	fmt.Println(wall, cpuMs()-used, (statusKiB("VmHWM:")-idle)/1024)
}
