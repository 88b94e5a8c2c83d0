package io.waybill.channel.email;

import io.waybill.guard.Protocol;

/**
 * Where mails are handed over.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param tls from the first byte
 */
record Place(String host, int port, boolean tls, Protocol protocol) {}
