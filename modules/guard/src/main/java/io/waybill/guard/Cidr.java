package io.waybill.guard;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A network: {@code 10.0.0.0/8}, {@code fd00::/8}.
 *
 * @param network its first address
 * @param prefixLength leading bits that an address of the network shares with it
 */
public record Cidr(InetAddress network, int prefixLength) {

  public Cidr {
    int bits = network.getAddress().length * Byte.SIZE;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "the prefix length of a network must be 0 to " + bits + ", not " + prefixLength);
    }
    if (!agree(network.getAddress(), masked(network.getAddress(), prefixLength), bits)) {
      throw new IllegalArgumentException(
          network.getHostAddress()
              + "/"
              + prefixLength
              + " names an address, not a network: clear the bits after the prefix");
    }
  }

  /**
   * Reads {@code 192.0.2.0/24} or, for a single address, {@code 192.0.2.7}. Names are refused.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    InetAddress network;
    try {
      network = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a network: write it like 10.0.0.0/8 or fd00::/8", e);
    }
    int bits = network.getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return new Cidr(network, bits);
    }
    try {
      return new Cidr(network, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has no number after the slash: write it like 10.0.0.0/8", e);
    }
  }

  /**
   * Whether the network holds the address. An IPv4 address that is written as IPv6 ({@code
   * ::ffff:10.0.0.1}) counts as IPv4.
   */
  public boolean contains(InetAddress address) {
    byte[] own = network.getAddress();
    byte[] other = unmapped(address).getAddress();
    return own.length == other.length && agree(own, other, prefixLength);
  }

  /** The IPv4 address inside a v4-mapped one; any other address as it is. */
  static InetAddress unmapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address || !isMapped(bytes)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are always an address", e);
    }
  }

  private static boolean isMapped(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff;
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] result = address.clone();
    for (int bit = bits; bit < result.length * Byte.SIZE; bit++) {
      result[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
    }
    return result;
  }

  private static boolean agree(byte[] one, byte[] other, int bits) {
    for (int bit = 0; bit < bits; bit++) {
      if (((one[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & (0x80 >> (bit % Byte.SIZE))) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }
}
