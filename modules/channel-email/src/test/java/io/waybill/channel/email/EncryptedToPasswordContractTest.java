package io.waybill.channel.email;

import org.junit.jupiter.api.Tag;

/** The contract with mails that are encrypted, and a password that nobody may hear of. */
@Tag("long")
class EncryptedToPasswordContractTest extends EmailChannelContractTest {
  @Override
  Attempts base() {
    return super.base().encryptedWith("encrypted with " + SECRET);
  }
}
