package io.waybill.guard;

/** What a channel speaks: it decides which ports are its own. */
public enum Protocol {
  /** With TLS or without. */
  HTTP,
  /** With TLS or without, mail submission included. */
  SMTP
}
