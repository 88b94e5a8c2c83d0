package io.waybill.channel.email;

import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailService;
import io.waybill.guard.Protocol;
import java.net.URI;
import java.util.Optional;

/** Where each service is: where its provider says, or where the operator says. */
@FunctionalInterface
interface Endpoints {
  int HTTPS_PORT = 443;

  Place of(MailService service);

  static Endpoints of(EmailSettings settings) {
    return service ->
        switch (service) {
          case EmailConfig.Smtp smtp ->
              new Place(smtp.host(), smtp.port(), smtp.secure(), Protocol.SMTP);
          case MailService.Ses ses -> place(settings.sesEndpoint(), ses.host());
          case MailService.SendGrid sendGrid -> place(settings.sendGridEndpoint(), sendGrid.host());
        };
  }

  private static Place place(Optional<URI> operators, String host) {
    return operators
        .map(Endpoints::place)
        .orElseGet(() -> new Place(host, HTTPS_PORT, true, Protocol.HTTP));
  }

  /** Of a URL that the settings checked. */
  private static Place place(URI url) {
    boolean tls = url.getScheme().equalsIgnoreCase("https");
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = url.getPort() < 0 ? (tls ? HTTPS_PORT : 80) : url.getPort();
    return new Place(bare, port, tls, Protocol.HTTP);
  }
}
