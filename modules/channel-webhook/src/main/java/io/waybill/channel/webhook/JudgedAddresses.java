package io.waybill.channel.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.hc.client5.http.DnsResolver;

/**
 * The client's only source of addresses: what the guard judged for an attempt that is under way.
 * Never asks anybody, so it cannot block an I/O thread, and a name that was not judged does not
 * exist. Safe to share between threads.
 */
final class JudgedAddresses implements DnsResolver {
  private final ConcurrentMap<String, Entry> byHost = new ConcurrentHashMap<>();

  private record Entry(List<InetAddress> addresses, int holders) {}

  /** Makes the addresses known until {@link #release}; the newest answer of a name holds. */
  void hold(String host, List<InetAddress> addresses) {
    byHost.merge(
        key(host),
        new Entry(addresses, 1),
        (old, added) -> new Entry(added.addresses(), old.holders() + 1));
  }

  /** Ends one {@link #hold}. */
  void release(String host) {
    byHost.computeIfPresent(
        key(host),
        (name, entry) ->
            entry.holders() == 1 ? null : new Entry(entry.addresses(), entry.holders() - 1));
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    Entry entry = byHost.get(key(host));
    if (entry == null) {
      throw new UnknownHostException("no attempt to this host is under way");
    }
    return entry.addresses().toArray(InetAddress[]::new);
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  private static String key(String host) {
    return host.toLowerCase(Locale.ROOT);
  }
}
