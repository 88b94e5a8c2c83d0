package io.waybill.guard;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The operator's way out: an HTTP proxy that every connection of every channel goes through, by
 * CONNECT. Never a tenant's, so its own address is not judged.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param asks what the proxy is asked to connect to
 */
public record EgressProxy(String host, int port, Asks asks, Optional<LogIn> logIn) {

  /** What stands behind CONNECT. */
  public enum Asks {
    /** The judged address, so that nobody looks the name up again. */
    BY_ADDRESS,
    /** The name, for a proxy whose rules are about names: it looks up, and judges, for itself. */
    BY_NAME
  }

  /** Who logs in at the proxy. A class, because a record would print the password. */
  public static final class LogIn {
    private final String user;
    private final String password;

    /** Credentials for Basic authentication. */
    public LogIn(String user, String password) {
      if (user.indexOf(':') >= 0) {
        throw new IllegalArgumentException("user must not hold a colon");
      }
      this.user = user;
      this.password = password;
    }

    public String user() {
      return user;
    }

    public String password() {
      return password;
    }

    String header() {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
  }

  public EgressProxy {
    if (host.isBlank() || host.indexOf('/') >= 0) {
      throw new IllegalArgumentException("host must be a host name or an address");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port must be 1 to 65535");
    }
  }

  /**
   * What is asked for: {@code 93.184.216.34:443}, {@code [2606:4700::1]:443}, a name and a port.
   */
  String authority(String name, InetSocketAddress judged) {
    String asked = asked(name, judged.getAddress());
    return (asked.indexOf(':') >= 0 ? "[" + asked + "]" : asked) + ":" + judged.getPort();
  }

  /** The host of {@link #authority} alone, IPv6 without brackets. */
  public String asked(String name, InetAddress judged) {
    return switch (asks) {
      case BY_ADDRESS -> judged.getHostAddress();
      case BY_NAME -> name;
    };
  }

  /** Without the credentials. */
  @Override
  public String toString() {
    return "EgressProxy[" + host + ":" + port + ", " + asks + "]";
  }
}
