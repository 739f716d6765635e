package notify

import (
	"context"
	"net"
	"time"
)

// probePatience is how long a relay may take to answer a probe.
const probePatience = 15 * time.Second

// Probe finds out whether the relay would take mail from the register: it is reached,
// speaks TLS with a certificate that holds, takes the password and the sender. No mail
// is begun.
func (s *SMTP) Probe(ctx context.Context) error {
	from, err := ParseMailbox(s.From)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	c, err := s.connect(ctx)
	if err != nil {
		return classed("the mail relay "+net.JoinHostPort(s.Host, s.Port), err, false)
	}
	defer func() { _ = c.Close() }()
	if err := c.Mail(from.Address); err != nil {
		return classed("the sender "+from.Address, err, true)
	}
	if err := c.Reset(); err != nil {
		return classed("the mail relay", err, false)
	}
	_ = c.Quit() // nothing was promised
	return nil
}
