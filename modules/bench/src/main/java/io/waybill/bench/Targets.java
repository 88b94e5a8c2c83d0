package io.waybill.bench;

import java.net.URI;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where all sends go.
 *
 * @param ports of the destinations, by their number
 * @param authority that has signed the receivers' certificate; empty when they speak plain HTTP
 */
record Targets(List<Integer> ports, Optional<Path> authority) {
  /** An address and no name, so that no side looks names up. */
  static final String HOST = "127.0.0.1";

  private static final String PLAIN = "plain";

  Targets {
    ports = List.copyOf(ports);
  }

  /** From a child's arguments, see {@link #arguments}. */
  static Targets of(String[] args, int from) {
    return new Targets(
        Arrays.stream(args).skip(from + 1).map(Integer::valueOf).toList(),
        args[from].equals(PLAIN) ? Optional.empty() : Optional.of(Path.of(args[from])));
  }

  /** The last arguments of a child that must know them. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add(authority.map(Path::toString).orElse(PLAIN));
    ports.forEach(port -> arguments.add(port.toString()));
    return arguments;
  }

  int count() {
    return ports.size();
  }

  /** Those beyond the ports share them, by their paths. */
  URI url(int destination) {
    String scheme = authority.isPresent() ? "https://" : "http://";
    int beside = destination / ports.size();
    return URI.create(
        scheme
            + HOST
            + ":"
            + ports.get(destination % ports.size())
            + (beside == 0 ? "/hook" : "/hook/" + beside));
  }

  /** Whom a client of theirs trusts. */
  SSLContext trust() {
    return authority.map(Certificates::trusting).orElseGet(Targets::ofJvm);
  }

  /** What a client trusts when nothing else is said. */
  static SSLContext ofJvm() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }
}
