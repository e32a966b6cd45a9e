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
	if err = c.Login("a", "b"); err != nil {
		fail(err)
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
