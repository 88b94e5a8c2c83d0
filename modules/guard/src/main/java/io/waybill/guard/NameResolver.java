package io.waybill.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks names up. May block for as long as it likes; {@link AddressGuard} calls it off-thread. */
@FunctionalInterface
public interface NameResolver {

  /**
   * All addresses of a name.
   *
   * @throws UnknownHostException when it has none, or nobody could tell
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** What this machine is configured to ask: hosts file, then DNS. */
  static NameResolver ofJdk() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
