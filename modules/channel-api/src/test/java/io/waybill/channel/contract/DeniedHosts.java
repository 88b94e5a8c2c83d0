package io.waybill.channel.contract;

import java.util.List;
import java.util.stream.Stream;

/**
 * Hosts that lead where no destination may be, in every notation that was ever used to get past a
 * check: one list for the guard's users, be they channels, commands or rules. A name leads to
 * loopback, whatever name it is: whoever tests with this list lets the name server say so.
 */
public final class DeniedHosts {
  private DeniedHosts() {}

  private static final List<String> LOOPBACK =
      List.of(
          "127.0.0.1",
          "127.0.0.2",
          "127.255.255.254",
          "127.0.0.1.",
          "127.1",
          "127.0.1",
          "2130706433",
          "2130706433.",
          "017700000001",
          "0177.0.0.1",
          "0177.0.0.01",
          "00000177.0.0.1",
          "0x7f000001",
          "0x7F.0x0.0x0.0x1",
          "0x7f.1",
          "127.0x0.0.1",
          "0",
          "0.0.0.0",
          "0x0",
          "[127.0.0.1]",
          "localhost",
          "LOCALHOST",
          "localhost.",
          "x.localhost",
          "localhost.localdomain",
          "ip6-localhost",
          "127.0.0.1.nip.io",
          "[::1]",
          "::1",
          "[::]",
          "[0:0:0:0:0:0:0:1]",
          "[0000:0000:0000:0000:0000:0000:0000:0001]",
          "[::1%1]",
          "[::1%25lo]",
          "[::127.0.0.1]",
          "[::ffff:127.0.0.1]",
          "[::ffff:7f00:1]",
          "[::FFFF:127.0.0.1]",
          "::ffff:127.0.0.1",
          "[::ffff:0:127.0.0.1]",
          "[64:ff9b::127.0.0.1]",
          "[64:ff9b:1::7f00:1]",
          "[2002:7f00:1::]",
          "[2001:0:7f00:1::]",
          "[2606:4700::5efe:127.0.0.1]");

  private static final List<String> METADATA =
      List.of(
          "169.254.169.254",
          "169.254.169.254.",
          "169.254.43518",
          "2852039166",
          "0xa9fea9fe",
          "0251.0376.0251.0376",
          "0xa9.0xfe.0xa9.0xfe",
          "[::ffff:a9fe:a9fe]",
          "[::ffff:169.254.169.254]",
          "[::a9fe:a9fe]",
          "[64:ff9b::a9fe:a9fe]",
          "[2002:a9fe:a9fe::]",
          "[fd00:ec2::254]",
          "[fe80::a9fe:a9fe%1]",
          "100.100.100.200",
          "192.0.0.192",
          "168.63.129.16.nip.io",
          "metadata.google.internal",
          "METADATA.GOOGLE.INTERNAL.",
          "metadata.goog",
          "instance-data.ec2.internal");

  private static final List<String> PRIVATE =
      List.of(
          "10.0.0.1",
          "10.255.255.255",
          "10.1",
          "167772161",
          "012.0.0.1",
          "0xa000001",
          "172.16.0.1",
          "172.31.255.255",
          "192.168.0.1",
          "192.168.257",
          "100.64.0.1",
          "100.127.255.255",
          "169.254.0.1",
          "[fc00::1]",
          "[fd12:3456:789a::1]",
          "[fe80::1]",
          "[fe80::1%eth0]",
          "[fec0::1]",
          "[::ffff:10.0.0.1]",
          "[::ffff:192.168.0.1]",
          "[64:ff9b::10.0.0.1]");

  private static final List<String> RESERVED =
      List.of(
          "0.0.0.1",
          "192.0.0.1",
          "192.0.2.1",
          "192.88.99.1",
          "198.18.0.1",
          "198.51.100.1",
          "203.0.113.1",
          "224.0.0.1",
          "239.255.255.250",
          "240.0.0.1",
          "255.255.255.255",
          "4294967295",
          "0xffffffff",
          "[ff02::1]",
          "[2001:db8::1]",
          "[3fff::1]",
          "[100::1]",
          "[5f00::1]",
          "[4000::1]",
          "[9000::1]",
          "[::2]");

  /** Written so that one reader takes them for a good host and another for a bad one. */
  private static final List<String> CONFUSING =
      List.of(
          "\uFF11\uFF12\uFF17.\uFF10.\uFF10.\uFF11",
          "\u2460\u2461\u2466.0.0.1",
          "127\u30020\u30020\u30021",
          "\u24DBocalhost",
          "%31%32%37.0.0.1",
          "127.0.0.1%00.example.com",
          "user@127.0.0.1",
          "user:pass@127.0.0.1",
          "example.com@127.0.0.1",
          "a@127.0.0.1@example.com",
          "127.0.0.1\\@example.com",
          "example.com\\@127.0.0.1",
          "127.0.0.1#@example.com",
          "127.0.0.1:80@example.com",
          "[[::1]]",
          "[::1].example.com",
          "127.0.0.1 ",
          "127.0.0.1\t",
          "127.0.0.1,example.com",
          "");

  /** All of them. */
  public static Stream<String> all() {
    return Stream.of(LOOPBACK, METADATA, PRIVATE, RESERVED, CONFUSING).flatMap(List::stream);
  }

  /** Those that a host can be told from: a program that reads them reads an address or a name. */
  public static Stream<String> wellFormed() {
    return Stream.of(LOOPBACK, METADATA, PRIVATE, RESERVED).flatMap(List::stream);
  }
}
