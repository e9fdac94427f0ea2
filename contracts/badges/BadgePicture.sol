// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

// JSON and SVG are full of double quotes, and longer than a word.
// solhint-disable quotes, gas-small-strings

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Badge} from "../../interfaces/IBadges.sol";

/// @title What wallets show of a badge
/// @notice Made of fixed texts and addresses only, none of which holds a character that JSON or SVG would take for its own.
library BadgePicture {
    /// @notice ERC-721 metadata as a data address.
    function uri(address collaboration, address account, Badge badge) internal pure returns (string memory) {
        (string memory name, string memory reason, string memory colour) = _texts(badge);
        string memory model = Strings.toChecksumHexString(collaboration);
        bytes memory json = abi.encodePacked(
            '{"name":"',
            name,
            '","description":"',
            reason,
            " in the public model ",
            model,
            '. Earned, not bought; bound to its account.","image":"data:image/svg+xml;base64,',
            Base64.encode(_picture(name, colour, model, account)),
            '","attributes":[{"trait_type":"badge","value":"',
            name,
            '"},{"trait_type":"model","value":"',
            model,
            '"}]}'
        );
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    function _picture(
        string memory name,
        string memory colour,
        string memory model,
        address account
    ) private pure returns (bytes memory) {
        return
            abi.encodePacked(
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 350 350" font-family="sans-serif" text-anchor="middle">',
                '<rect width="350" height="350" fill="#fafafa"/><circle cx="175" cy="140" r="85" fill="',
                colour,
                '"/><text x="175" y="150" font-size="26" fill="#fff">',
                name,
                '</text><text x="175" y="280" font-size="11" fill="#555">model ',
                model,
                '</text><text x="175" y="305" font-size="11" fill="#555">',
                Strings.toChecksumHexString(account),
                "</text></svg>"
            );
    }

    function _texts(Badge badge) private pure returns (string memory name, string memory reason, string memory colour) {
        if (badge == Badge.FirstLight) return ("First light", "Contributed for the first time", "#e0a100");
        if (badge == Badge.Confirmed) return ("Confirmed", "Others confirmed a contribution", "#2e8b57");
        if (badge == Badge.Hundred) return ("Hundred", "Earned 100 points", "#8e44ad");
        if (badge == Badge.Judge) return ("Judge", "10 votes that agreed with the final tallies", "#2c3e90");
        return ("Steady", "Contributed in 4 different weeks", "#b0413e");
    }
}
