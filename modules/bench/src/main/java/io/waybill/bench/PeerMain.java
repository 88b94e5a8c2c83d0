package io.waybill.bench;

import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import java.io.IOException;
import java.util.Map;

/** {@link Peer} as a process of the benchmark. */
final class PeerMain {
  private PeerMain() {}

  /**
   * {@code args}: kind, bootstrap servers, registry URL, sends in flight, then the {@link Targets}.
   */
  public static void main(String[] args) throws IOException {
    Codecs codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", args[2])));
    Peer peer =
        new Peer(
            Peer.Kind.valueOf(args[0]),
            args[1],
            codecs,
            Targets.of(args, 4),
            Integer.parseInt(args[3]));
    Orders.serve("ready", order -> Subject.obey(peer, order));
    System.exit(0);
  }
}
