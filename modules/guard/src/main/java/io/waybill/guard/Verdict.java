package io.waybill.guard;

import java.net.InetAddress;
import java.util.List;

/** What the guard says about a host. */
public sealed interface Verdict {

  /** Every address of the host may be dialled; these and no others. Never empty. */
  record Allowed(List<InetAddress> addresses) implements Verdict {
    public Allowed {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * At least one address may not be dialled, so none is.
   *
   * @param network the refused network that holds it
   * @param what what that network is for, in words
   */
  record Denied(InetAddress address, Cidr network, String what) implements Verdict {}

  /**
   * The port is another service's, whatever the host: it was not looked up.
   *
   * @param what the service, in words
   */
  record PortDenied(int port, String what) implements Verdict {
    /** For whoever set up the destination. */
    public String inWords() {
      return "port "
          + port
          + " is for "
          + what
          + ", where nothing is sent; the operator can allow ports with allowPorts";
    }
  }

  /** The host has no address, or nobody could tell; a later try may find one. */
  record Unresolvable() implements Verdict {}
}
