package io.waybill.app;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationSecrets;
import io.waybill.secrets.Opener;
import io.waybill.secrets.Opening;
import java.util.HashMap;
import java.util.Map;

/** Lets channels open seals with the process's keyset. */
final class SealedCredentials implements CredentialSource {
  private final Opener opener;

  SealedCredentials(Opener opener) {
    this.opener = opener;
  }

  @Override
  public Credentials open(DestinationSecrets secrets, DestinationConfig config) {
    return switch (opener.open(secrets, config)) {
      case Opening.Opened opened -> {
        try (opened) {
          Map<String, char[]> values = new HashMap<>();
          opened
              .secrets()
              .forEach((name, secret) -> values.put(name, secret.reveal().toCharArray()));
          yield new Opened(values);
        }
      }
      case Opening.KeyUnavailable unavailable -> new KeyUnavailable(unavailable.message());
      case Opening.Broken broken -> new Broken(broken.message());
    };
  }
}
