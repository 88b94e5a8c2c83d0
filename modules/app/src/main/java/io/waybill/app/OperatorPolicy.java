package io.waybill.app;

import io.waybill.destinations.OperatorRules;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailService;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Protocol;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this installation's operator allows, asked when a destination is created or changed.
 *
 * <p>Of a host only what it spells out is judged here: an address in any notation, a name that
 * means loopback or a cloud's metadata everywhere. Other names are not looked up: the answer may be
 * another one at the attempt, where every address is judged anyway, and a slow name server would
 * hold up everybody's commands.
 */
final class OperatorPolicy implements OperatorRules {
  static final String ADDRESS_DENIED = "address-denied";
  static final String PORT_DENIED = "port-denied";

  private final AddressGuard guard;
  private final Sending sending;

  OperatorPolicy(AddressGuard guard, Sending sending) {
    this.guard = guard;
    this.sending = sending;
  }

  @Override
  public List<FieldError> check(OrganizationId organization, DestinationConfig config) {
    return switch (config) {
      case WebhookConfig webhook -> checkUrl("config.webhook.url", webhook.url());
      case EmailConfig email ->
          switch (email.service()) {
            case EmailConfig.Smtp server -> checkMailServer(server);
            // Of Amazon's and SendGrid's hosts a tenant chooses a region, which the rules check.
            case MailService.Ses _ -> List.of();
            case MailService.SendGrid _ -> List.of();
          };
      case StorageConfig storage -> checkStorage(organization, storage);
    };
  }

  private List<FieldError> checkMailServer(EmailConfig.Smtp server) {
    String field = "config.email.smtpConfig.";
    List<FieldError> errors = new ArrayList<>(checkHost(field + "host", server.host()));
    errors.addAll(checkPort(field + "port", server.port(), Protocol.SMTP));
    return List.copyOf(errors);
  }

  private List<FieldError> checkUrl(String field, URI url) {
    List<FieldError> errors = new ArrayList<>(checkHost(field, url.getHost()));
    errors.addAll(checkPort(field, url.getPort(), Protocol.HTTP));
    return List.copyOf(errors);
  }

  private List<FieldError> checkPort(String field, int port, Protocol protocol) {
    return guard
        .deniedPort(port, protocol)
        .map(denied ->
            List.of(new FieldError(field, PORT_DENIED, "is not allowed: " + denied.inWords())))
        .orElse(List.of());
  }

  private List<FieldError> checkStorage(OrganizationId organization, StorageConfig storage) {
    List<FieldError> errors = new ArrayList<>();
    storage
        .endpoint()
        .ifPresent(url -> errors.addAll(checkUrl("config.storage.config.endpoint", url)));
    errors.addAll(sending.platformCredentials().check(organization, storage));
    return List.copyOf(errors);
  }

  private List<FieldError> checkHost(String field, @Nullable String host) {
    // Without a host the URL is refused by the rules of the format.
    return Optional.ofNullable(host)
        .flatMap(guard::deniedAsSpelled)
        .map(denied ->
            List.of(
                new FieldError(
                    field,
                    ADDRESS_DENIED,
                    "leads to "
                        + denied.what()
                        + " ("
                        + denied.network()
                        + "), which is not allowed here; the operator may allow it with"
                        + " allowCidrs")))
        .orElse(List.of());
  }
}
