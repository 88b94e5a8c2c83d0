package io.waybill.guard;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The networks that no destination may be in, from IANA's special-purpose address registries. A
 * table of our own because the JDK's predicates ({@code isSiteLocalAddress} and others) say false
 * for 100.64.0.1, fd00:ec2::254, 64:ff9b::a9fe:a9fe and more.
 */
final class DeniedNetworks {
  private DeniedNetworks() {}

  record Entry(Cidr network, String what) {}

  private static final List<Entry> ALL =
      List.of(
          entry("0.0.0.0/8", "this host"),
          entry("10.0.0.0/8", "a private network"),
          entry("100.64.0.0/10", "a provider's shared network"),
          entry("127.0.0.0/8", "loopback"),
          entry("169.254.0.0/16", "link-local, where cloud metadata lives"),
          entry("172.16.0.0/12", "a private network"),
          entry("192.0.0.0/24", "reserved for protocols"),
          entry("192.0.2.0/24", "reserved for documentation"),
          entry("192.88.99.0/24", "reserved for 6to4 relays"),
          entry("192.168.0.0/16", "a private network"),
          entry("198.18.0.0/15", "reserved for benchmarks"),
          entry("198.51.100.0/24", "reserved for documentation"),
          entry("203.0.113.0/24", "reserved for documentation"),
          entry("224.0.0.0/4", "multicast"),
          // The last of these is the broadcast address.
          entry("240.0.0.0/4", "reserved"),
          // Holds :: and ::1 too, and the deprecated ::a.b.c.d, which embeds any IPv4 address.
          entry("::/96", "loopback, unspecified or IPv4-compatible"),
          entry("64:ff9b::/96", "an IPv4 address behind NAT64"),
          entry("64:ff9b:1::/48", "an IPv4 address behind local NAT64"),
          entry("100::/64", "a discard-only network"),
          // Teredo (2001::/32), benchmarks, ORCHID.
          entry("2001::/23", "reserved for protocols"),
          entry("2001:db8::/32", "reserved for documentation"),
          entry("2002::/16", "an IPv4 address behind 6to4"),
          entry("3fff::/20", "reserved for documentation"),
          entry("5f00::/16", "reserved for segment routing"),
          entry("fc00::/7", "a private network"),
          entry("fe80::/10", "link-local"),
          entry("fec0::/10", "site-local"),
          entry("ff00::/8", "multicast"));

  /** The refused network that holds the address. */
  static Optional<Entry> find(InetAddress address) {
    return ALL.stream().filter(entry -> entry.network().contains(address)).findFirst();
  }

  private static Entry entry(String network, String what) {
    return new Entry(Cidr.parse(network), what);
  }
}
