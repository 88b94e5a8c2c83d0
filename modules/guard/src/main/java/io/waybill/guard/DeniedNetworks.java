package io.waybill.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
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
          entry("::ffff:0:0:0/96", "an IPv4 address behind a translator"),
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
          entry("ff00::/8", "multicast"),
          // All that is given to anybody is in 2000::/3.
          entry("::/3", "reserved"),
          entry("4000::/2", "reserved"),
          entry("8000::/1", "reserved"));

  private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

  /** Bytes 8 to 11 of an address made by ISATAP (RFC 5214), the bit for global ones masked. */
  private static final byte[] ISATAP = {0, 0, 0x5e, (byte) 0xfe};

  private static final byte GLOBAL_BIT = 0x02;

  /** The refused network that holds the address. */
  static Optional<Entry> find(InetAddress address) {
    return ALL.stream().filter(entry -> entry.network().contains(address)).findFirst();
  }

  /** The IPv4 address where what is sent to this one would end, as far as a table does not say. */
  static Optional<InetAddress> embedded(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16 || !(NAT64.contains(address) || isIsatap(bytes))) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are always an address", e);
    }
  }

  private static boolean isIsatap(byte[] bytes) {
    byte[] id = Arrays.copyOfRange(bytes, 8, 12);
    id[0] &= (byte) ~GLOBAL_BIT;
    return Arrays.equals(id, ISATAP);
  }

  private static Entry entry(String network, String what) {
    return new Entry(Cidr.parse(network), what);
  }
}
