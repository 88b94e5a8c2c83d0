/**
 * Decides which addresses Waybill may connect to. Every outgoing connection of every channel asks
 * here first and then dials what was judged, never the name again: a second look-up could answer
 * differently. Private, local, reserved and documentation networks are refused unless the operator
 * allows them; a tenant never can. Nothing here connects to anything but the operator's egress
 * proxy, where there is one.
 */
@NullMarked
package io.waybill.guard;

import org.jspecify.annotations.NullMarked;
